// The header alone: the code is in libclang_rt.fuzzer_no_main.
