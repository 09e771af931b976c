//! A site's logo: a small picture, kept in the database (`docs/rules.md` 94).

use std::io::Cursor;

use anyhow::Context;
use image::{ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};
use store::{
    SiteId,
    audit_log::{self, Change, Field},
    entities::{site_logo, user},
    site_profiles, sites,
};

use crate::{Engine, site_profile::SUBJECT};

/// The maximum size of the file in bytes.
pub const MOST_BYTES: usize = 256 * 1024;
/// The maximum width and height in pixels.
const MOST_PIXELS: u32 = 4000;
/// The maximum number of bytes that reading a picture may take.
const MOST_MEMORY: u64 = 96 * 1024 * 1024;

const TOO_LARGE: &str = "Choose a file of at most 256 KB.";
const NO_FILE: &str = "Choose a file.";
const OTHER_KIND: &str = "Choose a PNG, JPEG or WebP picture.";
const UNREADABLE: &str = "This picture cannot be read. Save it again and choose it once more.";
const TOO_WIDE: &str = "Choose a picture of at most 4000 by 4000 pixels.";

/// A picture that was read.
struct Picture {
    media_type: &'static str,
    /// `PNG, 200 by 80`.
    words: String,
}

/// Replaces the site's logo with this file.
///
/// # Errors
/// If the database fails. Otherwise the sentence says why the file is no logo.
pub async fn set(
    engine: &Engine,
    site_id: SiteId,
    actor: Option<&user::Model>,
    content: Vec<u8>,
) -> anyhow::Result<Result<(), &'static str>> {
    // A decoder takes its time.
    let read =
        tokio::task::spawn_blocking(move || read(&content).map(|picture| (picture, content)));
    let (picture, content) = match read.await? {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let hash = hex::encode(Sha256::digest(&content));
    let logo = site_logo::Model {
        site_id,
        media_type: picture.media_type.to_owned(),
        content,
    };
    let tx = engine.db.begin().await?;
    let old = sites::lock(&tx, site_id)
        .await?
        .context("the site is gone")?;
    if old.logo_hash.as_deref() == Some(&hash) {
        return Ok(Ok(()));
    }
    site_profiles::set_logo(&tx, logo, &hash).await?;
    let field = Field {
        name: "Logo",
        old: old.logo_hash.as_deref().map(short),
        new: Some(format!("{} ({})", short(&hash), picture.words)),
    };
    audit_log::write(&tx, &change(engine, site_id, actor), [field]).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Removes the site's logo; `false` if it has none.
///
/// # Errors
/// If the database fails.
pub async fn remove(
    engine: &Engine,
    site_id: SiteId,
    actor: Option<&user::Model>,
) -> anyhow::Result<bool> {
    let tx = engine.db.begin().await?;
    let old = sites::lock(&tx, site_id)
        .await?
        .context("the site is gone")?;
    let Some(hash) = old.logo_hash else {
        return Ok(false);
    };
    site_profiles::remove_logo(&tx, site_id).await?;
    let field = Field {
        name: "Logo",
        old: Some(short(&hash)),
        new: None,
    };
    audit_log::write(&tx, &change(engine, site_id, actor), [field]).await?;
    tx.commit().await?;
    Ok(true)
}

fn change<'a>(engine: &Engine, site_id: SiteId, actor: Option<&'a user::Model>) -> Change<'a> {
    Change {
        site_id: Some(site_id),
        actor,
        subject: SUBJECT,
        now: engine.now(),
    }
}

/// The beginning of a hash tells one picture from another.
fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}

/// Reads a picture from its first byte to its last, whatever its name says.
fn read(content: &[u8]) -> Result<Picture, &'static str> {
    if content.is_empty() {
        return Err(NO_FILE);
    }
    if content.len() > MOST_BYTES {
        return Err(TOO_LARGE);
    }
    let format = image::guess_format(content).map_err(|_| OTHER_KIND)?;
    let kind = match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::WebP => "WebP",
        _ => return Err(OTHER_KIND),
    };
    let reader = || {
        let mut reader = ImageReader::with_format(Cursor::new(content), format);
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        reader
    };
    let (width, height) = reader().into_dimensions().map_err(|_| UNREADABLE)?;
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(TOO_WIDE);
    }
    reader().decode().map_err(|_| UNREADABLE)?;
    Ok(Picture {
        media_type: format.to_mime_type(),
        words: format!("{kind}, {width} by {height}"),
    })
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, RgbaImage};

    use super::*;

    fn file(format: ImageFormat, width: u32) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let picture = DynamicImage::from(RgbaImage::new(width, 2));
        let picture = match format {
            ImageFormat::Jpeg => picture.to_rgb8().into(),
            _ => picture,
        };
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        for (format, media_type, words) in [
            (ImageFormat::Png, "image/png", "PNG, 3 by 2"),
            (ImageFormat::Jpeg, "image/jpeg", "JPEG, 3 by 2"),
            (ImageFormat::WebP, "image/webp", "WebP, 3 by 2"),
        ] {
            let picture = read(&file(format, 3)).ok().unwrap();
            assert_eq!((picture.media_type, &*picture.words), (media_type, words));
        }
    }

    #[test]
    fn what_is_no_small_picture_is_refused() {
        let png = file(ImageFormat::Png, 300);
        let refused = |content: &[u8]| read(content).err();
        assert_eq!(refused(b""), Some(NO_FILE));
        assert_eq!(refused(&vec![0; MOST_BYTES + 1]), Some(TOO_LARGE));
        for other in [
            &b"GIF89a\x01\x00\x01\x00"[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<html>",
        ] {
            assert_eq!(refused(other), Some(OTHER_KIND));
        }
        assert_eq!(
            refused(&png[..png.len() / 2]),
            Some(UNREADABLE),
            "it is cut off"
        );
        assert_eq!(refused(b"\x89PNG\r\n\x1a\n<script>"), Some(UNREADABLE));
        assert_eq!(
            refused(&file(ImageFormat::Png, MOST_PIXELS + 1)),
            Some(TOO_WIDE)
        );
    }
}
