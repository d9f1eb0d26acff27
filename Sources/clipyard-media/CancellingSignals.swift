import Dispatch
import Foundation

/// Turns Ctrl-C and `kill` into cancellation, so that nothing half-made stays behind.
final class CancellingSignals {
    private let sources: [any DispatchSourceSignal]

    init(cancel: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            // Dispatch only watches; without this the default action would end the process first.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { cancel() }
            source.resume()
            return source
        }
    }

    func stop() { for source in sources { source.cancel() } }
}
