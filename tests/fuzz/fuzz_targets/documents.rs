//! Feeds arbitrary bytes to whatever reads a part of a document or a value with an inside. What must hold is checked in `testing::fuzz`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| icmc_protocol::testing::fuzz::documents(data));
