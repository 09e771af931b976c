//! What programs show of a shared link (`docs/rules.md` 183 to 187).

mod picture;
mod setting;
mod tags;
mod unfurlers;

use image::{ImageFormat, RgbImage};
use reqwest::{Method, StatusCode, header::HeaderMap};

use crate::support::{Browser, Page};

const CODE: &str = "ab3kx7mn";
const NOBODYS: &str = "zzzzzzzz";
const PICTURE: &str = "/site/preview.png";

/// The value of this attribute in the first element of a page that has all of `parts`.
fn attribute(page: &Page, parts: &[&str], name: &str) -> Option<String> {
    let begin = format!("{name}=\"");
    let mut elements = page.text.split('<').skip(1);
    let element = elements.find(|element| parts.iter().all(|part| element.contains(part)))?;
    let value = element.split_once(&begin)?.1.split_once('"')?.0;
    let value = value.replace("&quot;", "\"").replace("&lt;", "<");
    Some(value.replace("&gt;", ">").replace("&amp;", "&"))
}

/// The content of the element `meta` with this name or property.
fn meta(page: &Page, name: &str) -> Option<String> {
    let named = [format!("name=\"{name}\""), format!("property=\"{name}\"")];
    let mut named = named.iter();
    named.find_map(|named| attribute(page, &["meta", named], "content"))
}

/// An answer that is a file.
struct File {
    status: StatusCode,
    headers: HeaderMap,
    content: Vec<u8>,
}

impl File {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The picture that the file is.
    fn picture(&self) -> RgbImage {
        assert_eq!(self.status, 200);
        assert_eq!(self.header("content-type"), "image/png");
        let picture = image::load_from_memory_with_format(&self.content, ImageFormat::Png);
        picture.unwrap().into_rgb8()
    }
}

/// Asks for a file, as a program does that has the one with this tag.
async fn file(browser: &Browser, path: &str, tag: Option<&str>) -> File {
    let mut request = browser.request(Method::GET, path);
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let answer = request.send().await.unwrap();
    File {
        status: answer.status(),
        headers: answer.headers().clone(),
        content: answer.bytes().await.unwrap().to_vec(),
    }
}
