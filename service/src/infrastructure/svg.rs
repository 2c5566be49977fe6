//! Drawing SVG.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

/// The pixels of a drawing, of its own size; `None` if it is no SVG.
pub(crate) fn pixels(svg: &str, options: &Options<'_>) -> Option<Pixmap> {
    let tree = Tree::from_str(svg, options).ok()?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    Some(pixels)
}
