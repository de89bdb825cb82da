//! A request's body comes at a pace: nobody holds a connection, and a place in the queue, by a byte now and then.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep};

/// Every body has this long,
const GRACE: Duration = Duration::from_secs(30);
/// and one second more for so many bytes that came.
const BYTES_A_SECOND: u64 = 16 * 1024;

/// Cuts off bodies that come too slowly.
pub async fn keep(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let body = request.take_payload();
    if matches!(body, Payload::None) {
        return next.call(request).await;
    }
    request.set_payload(Payload::Stream { payload: Box::pin(Paced::new(body)) });
    next.call(request).await
}

/// Whether this error says that a body came too slowly.
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// A body, and until when its next part must be here.
struct Paced<S> {
    body: S,
    began: Instant,
    received: u64,
    limit: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    fn new(body: S) -> Self {
        let limit = Box::pin(tokio::time::sleep(GRACE));
        Self { body, began: Instant::now(), received: 0, limit }
    }

    fn came(&mut self, bytes: usize) {
        self.received = self.received.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let earned = Duration::from_secs(self.received / BYTES_A_SECOND);
        self.limit.as_mut().reset(self.began + GRACE + earned);
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Paced<S> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.body).poll_next(context) {
            Poll::Ready(Some(Ok(bytes))) => {
                self.came(bytes.len());
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Pending => {
                ready!(self.limit.as_mut().poll(context));
                Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))))
            }
            ended => ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    /// What becomes of a body that sends so many bytes each second: how much was read, and whether it was cut off.
    async fn read(bytes_a_second: usize, seconds: usize) -> (usize, bool) {
        let parts = stream::iter(0..seconds).then(move |_| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(Bytes::from(vec![0; bytes_a_second]))
        });
        let mut body = Paced::new(Box::pin(parts));
        let mut read = 0;
        while let Some(part) = body.next().await {
            match part {
                Ok(part) => read += part.len(),
                Err(error) => return (read, is_too_slow(&error)),
            }
        }
        (read, false)
    }

    #[actix_web::test]
    async fn a_byte_a_second_is_cut_off_after_half_a_minute() {
        tokio::time::pause();
        let (read, cut_off) = read(1, 600).await;
        assert!(cut_off && (29..=30).contains(&read), "{read}");
    }

    #[actix_web::test]
    async fn a_slow_line_that_keeps_the_pace_is_read_to_the_end() {
        tokio::time::pause();
        assert_eq!(read(16 * 1024, 600).await, (600 * 16 * 1024, false));
        let (half, cut_off) = read(8 * 1024, 600).await;
        assert!(cut_off && half < 70 * 8 * 1024, "{half}");
    }
}
