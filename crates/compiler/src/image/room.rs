//! Room for pictures that are open: however many cores there are, only so many
//! pixels are in memory at once.

use std::sync::{Condvar, Mutex, PoisonError};

use super::MAX_PIXELS;

/// As many pixels as the largest picture has, which fills it alone: about a quarter
/// of a gigabyte.
const ROOM: u64 = MAX_PIXELS;

/// Pixels that may still be opened.
#[derive(Debug)]
pub(super) struct Room {
    free: Mutex<u64>,
    freed: Condvar,
}

/// The place of one open picture, free again when dropped.
#[derive(Debug)]
pub(super) struct Place<'r> {
    room: &'r Room,
    pixels: u64,
}

impl Default for Room {
    fn default() -> Self {
        Self { free: Mutex::new(ROOM), freed: Condvar::new() }
    }
}

impl Room {
    /// Waits until there is room for so many pixels. Who has a place must not ask
    /// for another one.
    pub(super) fn enter(&self, pixels: u64) -> Place<'_> {
        let pixels = pixels.min(ROOM);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < pixels {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= pixels;
        Place { room: self, pixels }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.room.free.lock().unwrap_or_else(PoisonError::into_inner) += self.pixels;
        self.room.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn no_more_pixels_are_open_at_once_than_there_is_room_for() {
        let (room, open, most) = (Room::default(), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let (room, open, most) = (&room, &open, &most);
                scope.spawn(move || {
                    for round in 0..50 {
                        // Some fill the room alone, and one asks for more than there is.
                        let pixels = ROOM / (1 + (thread + round) % 5) + round % 2;
                        let place = room.enter(pixels);
                        let now = open.fetch_add(place.pixels, Ordering::SeqCst) + place.pixels;
                        most.fetch_max(now, Ordering::SeqCst);
                        open.fetch_sub(place.pixels, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= ROOM);
        assert_eq!(*room.free.lock().unwrap(), ROOM);
    }
}
