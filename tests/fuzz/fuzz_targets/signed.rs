#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| icmc_protocol::testing::fuzz::signed(data));
