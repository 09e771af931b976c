//! The browsers and phones in which the member is signed in.

use leptos::{prelude::*, server_fn::ServerFn};

use super::forms::message;
use crate::{
    ports::Viewer,
    server_fns::{SignOutBrowser, SignOutDevice, SignOutOthers},
    types::{Device, OwnAccount, SignedInBrowser},
};

pub fn panel(viewer: &Viewer, account: OwnAccount) -> impl IntoView + use<> {
    let others = account.browsers.len() + account.devices.len() > 1;
    let others = others.then(|| {
        view! {
            <form method="post" action=SignOutOthers::PATH>
                <button type="submit" class="button">"Sign out everywhere else"</button>
            </form>
        }
    });
    let refusal = viewer.refusal("sign_out_others");
    let browsers = account.browsers.into_iter().map(browser).collect_view();
    let devices = (!account.devices.is_empty()).then(|| {
        let devices = account.devices.into_iter().map(device).collect_view();
        view! {
            <h3 class="devices-title">"Phones"</h3>
            <ul class="devices">{devices}</ul>
        }
    });
    view! {
        <section class="panel" aria-labelledby="sign-ins-title">
            <h2 class="panel-title" id="sign-ins-title">"Where you are signed in"</h2>
            {message(&refusal)}
            <h3 class="devices-title">"Browsers"</h3>
            <ul class="devices">{browsers}</ul>
            {devices}
            {others}
        </section>
    }
}

fn browser(browser: SignedInBrowser) -> impl IntoView {
    let label = format!("Sign out {}", browser.name);
    let end = (!browser.is_this).then(|| {
        view! {
            <form method="post" action=SignOutBrowser::PATH>
                <input type="hidden" name="id" value=browser.id />
                <button type="submit" class="button button-quiet" aria-label=label>
                    "Sign out"
                </button>
            </form>
        }
    });
    let this = browser.is_this.then_some(" · This browser");
    view! {
        <li class="device">
            <span class="device-name">{browser.name}</span>
            <span class="device-beside">
                "Signed in " <time datetime=browser.signed_in_at>{browser.signed_in_on}</time>
                {this}
            </span>
            {end}
        </li>
    }
}

fn device(device: Device) -> impl IntoView {
    let label = format!("Sign out {}", device.name);
    view! {
        <li class="device">
            <span class="device-name" dir="auto">{device.name}</span>
            <span class="device-beside">
                "Signed in " <time datetime=device.signed_in_at>{device.signed_in_on}</time>
                " · Last used " <time datetime=device.last_used_at>{device.last_used_on}</time>
            </span>
            <form method="post" action=SignOutDevice::PATH>
                <input type="hidden" name="id" value=device.id.to_string() />
                <button type="submit" class="button button-quiet" aria-label=label>
                    "Sign out"
                </button>
            </form>
        </li>
    }
}
