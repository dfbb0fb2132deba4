//! Conservation: every file and every unit ends in exactly one place (METHOD M1.2, M1.3).

pub mod account;
pub mod check;
