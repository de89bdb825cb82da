//! People at browsers. What is on a page is found as they find it: by its label.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reseller_portal::access::totp;
use serde_json::json;
use thirtyfour::extensions::cdp::ChromeDevTools;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};
use tokio::runtime::Runtime;

use crate::support::{Database, World};

/// How long a page may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many times somebody presses Tab before giving up.
const TABS: usize = 150;

const IS_PAINTED: &str = "performance.getEntriesByType('paint').length > 0";

/// Defines `find(kind, name)`: the visible control of that name, by its label, its `aria-label` or its own words; and
/// `namesOf(node)`.
const FIND: &str = include_str!("find.js");

/// chromedriver, and as many browsers as there are people.
pub struct Desk {
    chromedriver: Child,
    port: u16,
    runtime: Rc<Runtime>,
    /// The portal's address without a slash at the end.
    portal: String,
    way: Way,
}

/// By which window people look, and whether their browsers run scripts.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub width: u32,
    pub runs_scripts: bool,
}

impl Way {
    /// The ways on a database, so that both together are every width with scripts and without.
    pub fn all(database: Database) -> [Self; 2] {
        let (with, without) = if database == Database::Sqlite { (1440, 390) } else { (390, 1440) };
        [Self { width: with, runs_scripts: true }, Self { width: without, runs_scripts: false }]
    }
}

/// One person's browser; it shares nothing with another's.
pub struct Browser {
    driver: WebDriver,
    runtime: Rc<Runtime>,
    portal: String,
}

impl Desk {
    pub fn at(portal: String) -> Self {
        let mut chromedriver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (Debian: chromium-driver)");
        let told = BufReader::new(chromedriver.stdout.take().expect("its output is piped"));
        let port = told
            .lines()
            .map_while(Result::ok)
            .filter(|line| line.contains("started successfully"))
            .find_map(|line| line.rsplit(' ').next()?.trim_end_matches('.').parse().ok())
            .expect("chromedriver tells its port");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self {
            chromedriver,
            port,
            runtime: Rc::new(runtime),
            portal,
            way: Way { width: 1440, runs_scripts: true },
        }
    }

    /// The same, with people who look in this way.
    pub fn by(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// A new person in light colours.
    pub fn person(&self) -> Browser {
        let mut wishes = ChromeCapabilities::new();
        let fixed = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1440,900",
            "--lang=en-GB",
        ];
        for argument in fixed {
            wishes.add_arg(argument).unwrap();
        }
        let driver = self.runtime.block_on(async {
            WebDriver::new(format!("http://127.0.0.1:{}", self.port), wishes).await.unwrap()
        });
        let person = Browser { driver, runtime: self.runtime.clone(), portal: self.portal.clone() };
        person.look(self.way.width, 900, false).run_scripts(self.way.runs_scripts);
        person
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.chromedriver.kill());
        drop(self.chromedriver.wait());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.runtime.block_on(self.driver.clone().quit()));
    }
}

impl Browser {
    /// Opens a page of the portal, or a whole address.
    pub fn open(&self, path: &str) -> &Self {
        let address = if path.starts_with('/') { format!("{}{path}", self.portal) } else { path.to_owned() };
        self.runtime.block_on(self.driver.goto(address)).unwrap();
        // A browser ignores keys and clicks until it has painted the page once.
        self.wait_for(IS_PAINTED)
    }

    /// Shows the page in a window of this size, in dark or in light colours.
    pub fn look(&self, width: u32, height: u32, dark: bool) -> &Self {
        let tools = ChromeDevTools::new(self.driver.handle.clone());
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let scheme = if dark { "dark" } else { "light" };
        let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, still] });
        self.runtime.block_on(async {
            tools.execute_cdp_with_params("Emulation.setDeviceMetricsOverride", size).await.unwrap();
            tools.execute_cdp_with_params("Emulation.setEmulatedMedia", media).await.unwrap();
        });
        self
    }

    /// Whether pages may run scripts; the test's own always run.
    fn run_scripts(&self, may: bool) -> &Self {
        let tools = ChromeDevTools::new(self.driver.handle.clone());
        let off = json!({ "value": !may });
        let set = tools.execute_cdp_with_params("Emulation.setScriptExecutionDisabled", off);
        self.runtime.block_on(set).unwrap();
        self
    }

    /// The window as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.runtime.block_on(self.driver.screenshot_as_png()).unwrap()
    }

    /// The whole page as a PNG, however long it is.
    pub fn whole_picture(&self) -> Vec<u8> {
        let tools = ChromeDevTools::new(self.driver.handle.clone());
        let all = json!({ "captureBeyondViewport": true });
        let taken =
            self.runtime.block_on(tools.execute_cdp_with_params("Page.captureScreenshot", all)).unwrap();
        BASE64.decode(taken["data"].as_str().unwrap()).unwrap()
    }

    pub fn sign_in(&self, name: &str, password: &str) -> &Self {
        self.enter_password(name, password).enter_code()
    }

    pub fn enter_password(&self, name: &str, password: &str) -> &Self {
        self.open("/sign-in").fill("E-mail or user name", name).fill("Password", password).press("Sign in")
    }

    /// The second factor, for who has one in the demonstration.
    pub fn enter_code(&self) -> &Self {
        if self.address().ends_with("/sign-in/code") {
            // The demonstration shows the code of the device that nobody has.
            let code = self.evaluate("return document.querySelector('.note code').innerText");
            self.fill("Code", code.as_str().unwrap()).press("Go on");
        }
        self
    }

    /// Sets up the second factor that root's first sign-in leads to, with an authenticator whose clock is the world's.
    pub fn set_up_factor(&self, world: &World) -> &Self {
        let secret = self.evaluate("return document.querySelector('.secret').innerText");
        let code = totp::code(&secret.as_str().unwrap().replace(' ', ""), world.now()).unwrap();
        self.fill("Code", &code).press("Set up").see("Keep your recovery codes").follow("I have kept them")
    }

    /// Writes into a field in place of what is there.
    pub fn fill(&self, label: &str, text: &str) -> &Self {
        let field = self.control("field", label);
        self.runtime.block_on(async {
            let kind = field.attr("type").await.unwrap().unwrap_or_default();
            // What is typed into a picker depends on the language of the machine.
            if matches!(kind.as_str(), "date" | "month") {
                let set = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))";
                self.driver.execute(set, vec![field.to_json().unwrap(), json!(text)]).await.unwrap();
            } else if kind == "file" {
                let path = std::fs::canonicalize(text).unwrap();
                field.send_keys(path.to_string_lossy()).await.unwrap();
            } else {
                field.clear().await.unwrap();
                field.send_keys(text).await.unwrap();
            }
        });
        self
    }

    /// Chooses an option of a list by its words.
    pub fn choose(&self, label: &str, option: &str) -> &Self {
        let field = self.control("field", label);
        let set = "const option = [...arguments[0].options].find(one => one.textContent.trim() === arguments[1]); \
            if (!option) return false; arguments[0].value = option.value; return true";
        let arguments = vec![field.to_json().unwrap(), json!(option)];
        let is_set = self.runtime.block_on(self.driver.execute(set, arguments)).unwrap();
        assert!(is_set.convert::<bool>().unwrap(), "{label} has no option {option}");
        self
    }

    /// Chooses a radio button, a box or a switch by its label, unless it is chosen.
    pub fn tick(&self, label: &str) -> &Self {
        let control = self.control("choice", label);
        let is_on = "const box = arguments[0].control ?? arguments[0]; return box.checked";
        let is_on =
            self.runtime.block_on(self.driver.execute(is_on, vec![control.to_json().unwrap()])).unwrap();
        if is_on.convert::<bool>().unwrap() { self } else { self.click(&control) }
    }

    /// Changes a box or a switch.
    pub fn toggle(&self, label: &str) -> &Self {
        self.click(&self.control("choice", label))
    }

    /// Presses a button that leads to another page.
    #[track_caller]
    pub fn press(&self, button: &str) -> &Self {
        self.leave_by("button", button)
    }

    /// Follows a link.
    #[track_caller]
    pub fn follow(&self, link: &str) -> &Self {
        self.leave_by("link", link)
    }

    /// Waits until the page says this.
    #[track_caller]
    pub fn see(&self, text: &str) -> &Self {
        let deadline = Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            assert!(Instant::now() < deadline, "“{text}” is not on {}:\n{}", self.address(), self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
        self
    }

    /// Waits until a row of a table has these cells, in this order, perhaps with others between them.
    #[track_caller]
    pub fn see_row(&self, cells: &[&str]) -> &Self {
        let deadline = Instant::now() + PATIENCE;
        while !self.rows().iter().any(|row| is_within(cells, row)) {
            assert!(Instant::now() < deadline, "no row {cells:?} on {}: {:#?}", self.address(), self.rows());
            std::thread::sleep(Duration::from_millis(50));
        }
        self
    }

    /// Waits until an expression is true in the page.
    #[track_caller]
    pub fn wait_for(&self, expression: &str) -> &Self {
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate(&format!("return Boolean({expression})")) != json!(true) {
            assert!(Instant::now() < deadline, "{expression} never comes true on {}", self.address());
            std::thread::sleep(Duration::from_millis(50));
        }
        self
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let read = "return [...document.querySelectorAll('main tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))";
        serde_json::from_value(self.evaluate(read)).unwrap()
    }

    /// The words that the page shows, in its main part.
    pub fn text(&self) -> String {
        let read = "return (document.querySelector('main') ?? document.body)?.innerText.replace(/[\\u00a0\\u202f]/g, ' ') ?? ''";
        self.evaluate(read).as_str().unwrap_or_default().to_owned()
    }

    pub fn address(&self) -> String {
        self.runtime.block_on(self.driver.current_url()).unwrap().to_string()
    }

    /// What a script returns.
    pub fn evaluate(&self, script: &str) -> serde_json::Value {
        self.runtime.block_on(self.driver.execute(script, vec![])).unwrap().json().clone()
    }

    /// Presses keys where the focus is.
    pub fn keys(&self, keys: impl Into<TypingData>) -> &Self {
        let keys = keys.into();
        self.runtime.block_on(self.driver.action_chain().send_keys(keys).perform()).unwrap();
        self
    }

    /// Presses Tab until the focus is on the control of this name, as somebody without a mouse does.
    #[track_caller]
    pub fn tab_to(&self, name: &str) -> &Self {
        let script = format!("{FIND}\nreturn namesOf(document.activeElement).includes({})", json!(name));
        for _ in 0..TABS {
            self.keys(Key::Tab);
            if self.evaluate(&script) == json!(true) {
                return self;
            }
        }
        panic!("no Tab leads to “{name}” on {}", self.address());
    }

    /// Presses keys that lead to another page, such as Enter on a link.
    #[track_caller]
    pub fn leave_with(&self, keys: impl Into<TypingData>) -> &Self {
        self.leave("keys", |browser| {
            browser.keys(keys);
        })
    }

    /// Clicks, and waits until the next page is there.
    #[track_caller]
    fn leave_by(&self, kind: &str, name: &str) -> &Self {
        let control = self.control(kind, name);
        self.leave(&format!("{kind} “{name}”"), |browser| {
            browser.click(&control);
        })
    }

    #[track_caller]
    fn leave(&self, way: &str, go: impl FnOnce(&Self)) -> &Self {
        self.evaluate("window.isLeft = true");
        go(self);
        let deadline = Instant::now() + PATIENCE;
        let is_there = format!("return !window.isLeft && document.readyState === 'complete' && {IS_PAINTED}");
        // Between two pages no script runs.
        let arrived =
            || self.runtime.block_on(self.driver.execute(&is_there, vec![])).ok()?.convert::<bool>().ok();
        while arrived() != Some(true) {
            assert!(Instant::now() < deadline, "the {way} leads nowhere from {}", self.address());
            std::thread::sleep(Duration::from_millis(20));
        }
        self
    }

    fn click(&self, element: &WebElement) -> &Self {
        self.runtime.block_on(element.click()).unwrap();
        self
    }

    /// Waits until there is such a control.
    #[track_caller]
    fn control(&self, kind: &str, name: &str) -> WebElement {
        let deadline = Instant::now() + PATIENCE;
        let script = format!("{FIND}\nreturn find(arguments[0], arguments[1])");
        loop {
            let found = self.driver.execute(script.clone(), vec![json!(kind), json!(name)]);
            if let Ok(element) = self.runtime.block_on(found).unwrap().element() {
                return element;
            }
            assert!(Instant::now() < deadline, "no {kind} “{name}” on {}:\n{}", self.address(), self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn is_within(cells: &[&str], row: &[String]) -> bool {
    let mut left = row.iter();
    cells.iter().all(|cell| left.any(|other| other == cell))
}
