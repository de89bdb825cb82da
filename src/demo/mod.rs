//! Demonstration data: invented companies, customers and usage, of realistic size and season.

/// The accounts of the demonstration: user name and password.
pub const SIGN_INS: [(&str, &str); 2] = [("root", "northgate demo root"), ("kestrel", "kestrel demo seller")];
