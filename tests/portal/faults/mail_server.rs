//! A mail server that takes every mail but those to one address.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Mail to it is refused.
pub const REFUSED: &str = "refused@kestrel.example";

/// Starts it; it ends with this process.
pub fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            // Whoever breaks off is not missed.
            std::thread::spawn(move || drop(talk(socket)));
        }
    });
    address
}

fn talk(mut socket: TcpStream) -> std::io::Result<()> {
    let lines = BufReader::new(socket.try_clone()?).lines();
    socket.write_all(b"220 mail.example\r\n")?;
    let mut in_text = false;
    for line in lines {
        let line = line?;
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            _ if in_text && line != "." => continue,
            "EHLO" => "250-mail.example\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "RCPT" if line.contains(REFUSED) => "550 nobody of that name",
            _ => "250 yes",
        };
        in_text = answer.starts_with("354");
        write!(socket, "{answer}\r\n")?;
    }
    Ok(())
}
