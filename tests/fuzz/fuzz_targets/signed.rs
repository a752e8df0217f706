//! Feeds arbitrary bytes to whatever reads a signed object. What must hold is checked in `testing::fuzz`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| icmc_protocol::testing::fuzz::signed(data));
