//! Pictures as they are uploaded, and as they are stored: JPEG in three widths, upright, without
//! metadata.

use std::io::Cursor;

use domain::PictureWidth;
use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits, Rgb,
    RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType, metadata::Orientation,
};

/// The most pixels of a picture: more than a camera of 24 megapixels takes.
pub const MAX_PIXELS: u64 = 25_000_000;
/// The most memory for the decoded pixels, in bytes: eight for each pixel. A progressive JPEG takes
/// six bytes for each pixel beside it.
const MAX_MEMORY: u64 = 8 * MAX_PIXELS;
/// The longest side, in pixels.
const MAX_SIDE: u32 = 12_000;
/// The shortest sides, in pixels: a cover must fill a card.
const MIN_WIDTH: u32 = 480;
const MIN_HEIGHT: u32 = 200;
/// The qualities of the JPEG files, of 100: the first with which a file is small enough, or the
/// last.
const QUALITIES: [u8; 3] = [82, 60, 35];
/// The size of a file up to which its quality is not reduced, in bytes. At the last quality noise
/// of 1600 by 1600 pixels takes 2.1 MB.
const SMALL: usize = 600 * 1024;
/// The largest colour profile that is kept, in bytes. Profiles of cameras and screens are smaller.
const MAX_PROFILE: usize = 4 * 1024;

/// A picture that is ready to be stored.
#[derive(Debug)]
pub(super) struct Picture {
    /// The width of the upright picture, in pixels.
    pub(super) width: u32,
    /// Its height, in pixels.
    pub(super) height: u32,
    /// A JPEG file for each width.
    pub(super) files: Vec<(PictureWidth, Vec<u8>)>,
}

impl Picture {
    /// Decodes an uploaded file, of which the content says the format. Takes seconds for a large
    /// picture.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub(super) fn decode(file: &[u8]) -> Result<Self, String> {
        let unknown = || "The picture must be a JPEG, PNG or WebP file".to_owned();
        let format = image::guess_format(file).map_err(|_| unknown())?;
        if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
            return Err(unknown());
        }
        let mut reader = ImageReader::with_format(Cursor::new(file), format);
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|error| words(&error))?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(too_many_pixels());
        }
        // A wrong profile or orientation is no reason to refuse a picture.
        let profile = decoder.icc_profile().ok().flatten();
        let profile = profile.filter(|profile| profile.len() <= MAX_PROFILE);
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let is_turned = matches!(
            orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        );
        let (width, height) = if is_turned { (height, width) } else { (width, height) };
        if width < MIN_WIDTH || height < MIN_HEIGHT {
            return Err(format!(
                "The picture must have at least {MIN_WIDTH} by {MIN_HEIGHT} pixels: this one has \
                 {width} by {height}"
            ));
        }
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(|error| words(&error))?;
        // Turning and the good filter need much memory: shrink to twice the largest width before,
        // with one that needs little.
        let twice = 2 * PictureWidth::Large.pixels();
        if decoded.width() > twice || decoded.height() > twice {
            decoded = decoded.thumbnail(twice, twice);
        }
        decoded.apply_orientation(orientation);
        // Widest first: each is made of the one before. A high picture becomes as high as wide ones
        // are wide.
        let (mut files, mut source) = (Vec::new(), decoded);
        for target in PictureWidth::ALL.into_iter().rev() {
            let side = target.pixels();
            if source.width() > side || source.height() > side {
                source = source.resize(side, side, FilterType::CatmullRom);
            }
            files.push((target, encode(&source, profile.as_deref())?));
        }
        Ok(Self { width, height, files })
    }
}

fn encode(picture: &DynamicImage, profile: Option<&[u8]>) -> Result<Vec<u8>, String> {
    let pixels = on_white(picture);
    let mut file = Vec::new();
    for quality in QUALITIES {
        file.clear();
        let mut encoder = JpegEncoder::new_with_quality(&mut file, quality);
        // A grey picture has a profile of grey, which does not fit.
        if let Some(profile) = profile.filter(|_| picture.color().has_color()) {
            // Without it the colours are those of sRGB.
            let _ = encoder.set_icc_profile(profile.to_vec());
        }
        encoder.encode_image(&pixels).map_err(|error| words(&error))?;
        if file.len() <= SMALL {
            break;
        }
    }
    Ok(file)
}

/// The picture without transparency, which JPEG does not have.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let source = picture.to_rgba8();
    let mut flat = RgbImage::new(source.width(), source.height());
    for (target, pixel) in flat.pixels_mut().zip(source.pixels()) {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let over = |colour: u32| {
            let mixed = (colour * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *target = Rgb([over(red), over(green), over(blue)]);
    }
    flat
}

/// The fault of a file that cannot be decoded.
pub(super) const DAMAGED: &str = "The picture file is damaged";

fn words(error: &ImageError) -> String {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        ImageError::Unsupported(_) => {
            "This kind of JPEG, PNG or WebP file is not supported: save the picture as JPEG"
                .to_owned()
        }
        _ => DAMAGED.to_owned(),
    }
}

fn too_many_pixels() -> String {
    format!("The picture has too many pixels: at most {} million", MAX_PIXELS / 1_000_000)
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, GrayImage, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let pixels = RgbaImage::from_fn(width, height, |x, y| {
            let alpha = if x < width / 2 { 0 } else { 255 };
            image::Rgba([u8::try_from(y % 256).unwrap(), 40, 200, alpha])
        });
        pixels.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    /// A file that is small, however many pixels it has.
    fn grey(width: u32, height: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        GrayImage::new(width, height).write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    fn sizes(picture: &Picture) -> Vec<(u32, u32)> {
        let size = |file: &Vec<u8>| {
            let decoded = image::load_from_memory_with_format(file, ImageFormat::Jpeg).unwrap();
            (decoded.width(), decoded.height())
        };
        picture.files.iter().map(|(_, file)| size(file)).collect()
    }

    #[test]
    fn a_picture_is_stored_in_three_widths_and_is_never_enlarged() {
        let wide = Picture::decode(&png(2000, 1000)).unwrap();
        assert_eq!((wide.width, wide.height), (2000, 1000));
        assert_eq!(sizes(&wide), [(1600, 800), (960, 480), (480, 240)]);
        let narrow = Picture::decode(&png(700, 350)).unwrap();
        assert_eq!(sizes(&narrow), [(700, 350), (700, 350), (480, 240)]);
        let high = Picture::decode(&png(1000, 4000)).unwrap();
        assert_eq!(sizes(&high), [(400, 1600), (240, 960), (120, 480)]);
    }

    #[test]
    fn transparency_becomes_white() {
        let picture = Picture::decode(&png(600, 300)).unwrap();
        let (_, smallest) = picture.files.last().unwrap();
        let pixels = image::load_from_memory(smallest).unwrap().to_rgb8();
        assert_eq!(pixels.get_pixel(10, 100).0, [255, 255, 255]);
        assert!(pixels.get_pixel(400, 100).0[1] < 80);
    }

    /// A JPEG file with a camera's orientation, a position and a comment in its metadata.
    fn photo(orientation: u8) -> Vec<u8> {
        let mut file = Vec::new();
        let pixels = RgbImage::from_fn(640, 480, |x, _| Rgb([u8::from(x < 320) * 255, 0, 0]));
        let mut encoder = JpegEncoder::new(&mut file);
        let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 52.52 13.40");
        encoder.set_exif_metadata(exif).unwrap();
        encoder.write_image(&pixels, 640, 480, ExtendedColorType::Rgb8).unwrap();
        file
    }

    #[test]
    fn a_photo_is_turned_upright_and_loses_its_metadata() {
        let file = photo(6);
        let contains = |file: &[u8]| file.windows(3).any(|part| part == b"GPS");
        assert!(contains(&file));
        let picture = Picture::decode(&file).unwrap();
        assert_eq!((picture.width, picture.height), (480, 640));
        assert_eq!(sizes(&picture), [(480, 640), (480, 640), (360, 480)]);
        assert!(!picture.files.iter().any(|(_, file)| contains(file)));
    }

    #[test]
    fn a_picture_of_noise_is_stored_in_small_files() {
        let mut random = fastrand::Rng::with_seed(7);
        let noise =
            RgbImage::from_fn(900, 900, |_, _| Rgb([random.u8(..), random.u8(..), random.u8(..)]));
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, 60).encode_image(&noise).unwrap();
        let picture = Picture::decode(&file).unwrap();
        for (width, file) in picture.files {
            assert!(file.len() < 800_000, "{width:?} has {} bytes", file.len());
        }
    }

    #[test]
    fn a_file_that_is_no_usable_picture_is_refused_with_a_sentence() {
        let mut damaged = png(600, 300);
        damaged.truncate(damaged.len() / 2);
        let mut gif = b"GIF89a".to_vec();
        gif.extend([0; 100]);
        for (file, expected) in [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "JPEG, PNG or WebP"),
            (Vec::new(), "JPEG, PNG or WebP"),
            (gif, "JPEG, PNG or WebP"),
            (damaged, "damaged"),
            (grey(6_000, 4_200), "at most 25 million"),
            (grey(MAX_SIDE + 1, 200), "pixels"),
            (png(479, 300), "at least 480 by 200"),
            (png(600, 199), "at least 480 by 200"),
        ] {
            let fault = Picture::decode(&file).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }
}
