//! The portal on several machines, played on one: processes side by side, a streaming replica, a pooler, the loss of a
//! process and of the database. The real program and real servers run here.

mod failover;
mod pooler;
mod replica;
