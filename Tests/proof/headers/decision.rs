// SPDX-License-Identifier: MIT
//! The header as bindgen reads it; CALLPROP_BINDINGS is the file that bindgen made.
#![allow(non_upper_case_globals, non_camel_case_types)]
include!(env!("CALLPROP_BINDINGS"));

fn main() {
    let call = cp_call { src: CP_EXTERNAL as u8, dst: CP_QUEUE as u8, leg: CP_LEG_DST as u8, callback: 0 };
    let text = b"{\"src\":\"external\",\"dst\":\"queue\",\"leg\":\"dst\"}\0".as_ptr().cast();
    let mut error = cp_error { code: -1, position: 0, text: [0; 128], reserved: [0; 24] };
    let mut reason = [0; CP_REASON_MAX as usize];
    unsafe {
        cp_reason(CP_LI | CP_LO, &call, reason.as_mut_ptr(), reason.len() as _);
        println!(
            "{} {} {} {} {}",
            cp_permits(CP_QRI | CP_LI, &call),
            cp_permits(CP_LI | CP_LO, &call),
            cp_allows(b"qri,li\0".as_ptr().cast(), text, &mut error),
            cp_allows(b"li,lo\0".as_ptr().cast(), text, std::ptr::null_mut()),
            std::ffi::CStr::from_ptr(reason.as_ptr()).to_str().unwrap(),
        );
    }
    assert_eq!(error.code, CP_OK as i32);
}
