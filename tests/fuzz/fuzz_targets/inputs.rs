//! Feeds arbitrary bytes to whatever reads an input of the core. What must hold is checked in `testing::fuzz`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| icmc_protocol::testing::fuzz::inputs(data));
