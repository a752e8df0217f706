//! Feeds arbitrary bytes to whatever reads a file of envelopes. What must hold is checked in `testing::fuzz`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| icmc_protocol::testing::fuzz::files(data));
