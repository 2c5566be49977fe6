import sharp from 'sharp';

/** A file for an input: a JPEG picture with a light circle on a dark ground. */
export async function picture(width = 1800, height = 1000) {
  const circle = `<svg width="${width}" height="${height}"><rect width="100%" height="100%" fill="#1f2f55"/>
    <circle cx="30%" cy="40%" r="25%" fill="#f2a33a"/></svg>`;
  const buffer = await sharp(Buffer.from(circle)).jpeg().toBuffer();
  return { name: 'cover.jpg', mimeType: 'image/jpeg', buffer };
}
