//! Headless Chromium through its driver: windows that do what people do and see what people see.
//! Without a driver the browser tests are skipped with a line, unless `ICMC_BROWSER=required`.

mod axe;
mod driver;
mod keyboard;
mod part;
mod seeing;
mod window;

pub use driver::Driver;
pub use part::Part;
pub use window::{Options, Size, Window};
