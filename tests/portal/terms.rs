//! Terms as the two sides meet over them: what is compared, what can be offered, which apply in a month.

mod comparison;
mod limits;
mod months;
mod renegotiation;
mod setting;
