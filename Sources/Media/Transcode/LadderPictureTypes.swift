import FFmpeg
import Foundation

/// What the encoder of a ladder's largest rung chose for every picture, for the encoders of the others.
///
/// To look ahead for the best places of P and B pictures is a good part of a fast encoder's work, and the answers differ
/// little from size to size.
// The condition's lock guards every member.
final class LadderPictureTypes: @unchecked Sendable {
    private let changed = NSCondition()
    private var types: [Int64: PictureType] = [:]
    private var hasEnded = false

    /// Notes what was chosen for the picture of a time, in the rungs' time base.
    func note(_ type: PictureType, at time: Int64) { changed.withLock { types[time] = type } }

    /// Nothing more will be noted.
    func end() {
        changed.withLock {
            hasEnded = true
            changed.broadcast()
        }
    }

    /// Waits until everything is noted.
    func waitForEnd() {
        changed.lock()
        defer { changed.unlock() }
        while !hasEnded { changed.wait() }
    }

    /// What was chosen; `nil` if that is not known yet.
    func type(at time: Int64) -> PictureType? {
        changed.withLock { types[time] ?? (hasEnded ? .predicted : nil) }
    }
}
