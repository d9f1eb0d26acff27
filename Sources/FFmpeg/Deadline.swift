import CFFmpeg
import Synchronization

/// The moment at which libav* has to give up.
///
/// libav* asks between reads and while it probes, through its interrupt
/// callback; a read that blocks in the kernel is not ended by it.
public final class Deadline: Sendable {
    private let end: Mutex<ContinuousClock.Instant>

    /// Gives up `duration` from now.
    public init(in duration: Duration) {
        end = Mutex(.now + duration)
    }

    /// Moves the deadline to `duration` from now.
    public func extend(to duration: Duration) {
        end.withLock { $0 = .now + duration }
    }

    /// Whether it is over.
    public var hasPassed: Bool { end.withLock { $0 < .now } }

    /// The callback for `AVFormatContext`, which must not outlive this object.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<Deadline>.fromOpaque(opaque).takeUnretainedValue().hasPassed ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque()
        )
    }
}
