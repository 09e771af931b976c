//! A browser: it keeps cookies, sends its origin, and returns redirects instead of following them.

use std::net::SocketAddr;

use app::types::Outcome;
use domain::forms::Refusal;
use reqwest::{
    Client, ClientBuilder, Method, RequestBuilder, Response, StatusCode,
    cookie::Jar,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, ORIGIN},
    redirect::Policy,
};

use super::PASSWORD;

const FORM: &str = "application/x-www-form-urlencoded";

/// A visitor's browser at one site.
pub struct Browser {
    pub client: Client,
    /// `http://localhost:12345`.
    pub origin: String,
}

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub fn new(host: &str, address: SocketAddr) -> Self {
        let client = client(host, address).cookie_store(true).build().unwrap();
        Self {
            client,
            origin: format!("http://{host}:{}", address.port()),
        }
    }

    /// A browser at the same site with these cookies only.
    pub fn with_cookies(self, cookies: Jar, address: SocketAddr) -> Self {
        let host = self
            .origin
            .trim_start_matches("http://")
            .split(':')
            .next()
            .unwrap();
        let client = client(host, address)
            .cookie_provider(cookies.into())
            .build()
            .unwrap();
        Self { client, ..self }
    }

    /// Begins a request; `path` starts with a slash.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.origin))
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        Page::read(
            self.request(Method::GET, path)
                .header(ACCEPT, "text/html")
                .send()
                .await,
        )
        .await
    }

    /// Sends a form without JavaScript.
    pub async fn submit(&self, function: &str, fields: &[(&str, &str)]) -> Page {
        let form = self
            .form(function, fields)
            .header(ACCEPT, "text/html,application/xhtml+xml");
        Page::read(form.send().await).await
    }

    /// Sends a form as an island does.
    pub async fn fetch(&self, function: &str, fields: &[(&str, &str)]) -> Page {
        Page::read(
            self.form(function, fields)
                .header(ACCEPT, "application/json")
                .send()
                .await,
        )
        .await
    }

    /// Does the same, and returns the outcome.
    pub async fn call(&self, function: &str, fields: &[(&str, &str)]) -> Outcome {
        let page = self.fetch(function, fields).await;
        assert_eq!(page.status, 200, "{}", page.text);
        serde_json::from_str(&page.text).unwrap()
    }

    /// Does the same, and returns where the browser goes.
    pub async fn go(&self, function: &str, fields: &[(&str, &str)]) -> String {
        match self.call(function, fields).await {
            Outcome::Go(to) => to,
            other => panic!("does not go anywhere: {other:?}"),
        }
    }

    /// Does the same, and returns the notice on the page that stays.
    pub async fn done(&self, function: &str, fields: &[(&str, &str)]) -> String {
        match self.call(function, fields).await {
            Outcome::Done(notice) => notice,
            other => panic!("not done: {other:?}"),
        }
    }

    /// Does the same, and returns the refusal.
    pub async fn refused(&self, function: &str, fields: &[(&str, &str)]) -> Refusal {
        match self.call(function, fields).await {
            Outcome::Refused(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Presses "Get Started" with `plan` on a brand's pricing page, and returns where it leads.
    pub async fn get_started(&self, plan: &str) -> String {
        let page = self.press(&format!("/pricing/checkout?plan={plan}")).await;
        assert_eq!(page.status, 303, "{}", page.text);
        page.header("location").to_owned()
    }

    /// Presses the button of the page at `path`, which posts to its own address.
    pub async fn press(&self, path: &str) -> Page {
        Page::read(self.pressing(path).send().await).await
    }

    /// Begins the request of [`Self::press`].
    pub fn pressing(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
            .header(ORIGIN, &self.origin)
            .header(CONTENT_TYPE, FORM)
            .header(ACCEPT, "text/html,application/xhtml+xml")
    }

    pub async fn sign_in(&self, email: &str) {
        self.go("sign_in", &[("email", email), ("password", PASSWORD)])
            .await;
    }

    /// Begins the request of a form.
    pub fn form(&self, function: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.request(Method::POST, &format!("/rpc/{function}"))
            .header(ORIGIN, &self.origin)
            .header(CONTENT_TYPE, FORM)
            .body(body)
    }
}

fn client(host: &str, address: SocketAddr) -> ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .resolve(host, address)
}

impl Page {
    pub async fn read(response: reqwest::Result<Response>) -> Self {
        let response = response.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.unwrap_or_default(),
        }
    }

    /// The header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The cookies that the answer sets, as they were sent.
    pub fn cookies(&self) -> Vec<String> {
        let cookies = self.headers.get_all("set-cookie").iter();
        cookies
            .map(|cookie| cookie.to_str().unwrap().to_owned())
            .collect()
    }
}
