import CLibCurl
import Foundation
import Synchronization

/// One thread that moves the bytes of all transfers and keeps their connections for the next ones.
///
/// `@unchecked Sendable`: `inbox` has a lock; everything below it belongs to the thread.
final class CurlLoop: @unchecked Sendable {
    static let shared = CurlLoop()

    private static let maxIdleConnections = 64
    /// How long the thread sleeps when libcurl has no timer of its own.
    private static let longestSleepMilliseconds: Int32 = 60_000

    private let inbox = Mutex<[@Sendable () -> Void]>([])
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]

    /// Not thread-safe in all versions, so it is done where only one thread can be: in the initializer of a static.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() {
        precondition(Self.isReady, "libcurl cannot be initialized")
        guard let multi = curl_multi_init() else { preconditionFailure("no memory is left for libcurl") }
        self.multi = multi
        clibcurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
        // One transfer at a time on a connection of HTTP/2: libcurl 7.88 holds up a shared one while the receiver of one
        // answer is slow, and our checks saw the length of another answer on it.
        clibcurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        let thread = Thread { [self] in run() }
        thread.name = "curl"
        thread.start()
    }

    /// Runs `work` on the loop's thread, in the order of the calls.
    func submit(_ work: @escaping @Sendable () -> Void) {
        inbox.withLock { $0.append(work) }
        curl_multi_wakeup(multi)
    }

    private func run() {
        while true {
            for work in takeWork() { work() }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            finishEnded()
            for transfer in transfers.values { transfer.deliver() }
            curl_multi_poll(multi, nil, 0, endStalled(), nil)
        }
    }

    /// Ends what has stood still for too long; returns the milliseconds until it has to look again.
    private func endStalled() -> Int32 {
        let now = ContinuousClock.now
        var sleep = Duration.milliseconds(Self.longestSleepMilliseconds)
        for transfer in transfers.values {
            guard let end = transfer.stallsAt else { continue }
            if end <= now { remove(transfer.handle)?.endStalled() } else { sleep = min(sleep, end - now) }
        }
        return Int32(sleep / .milliseconds(1)) + 1
    }

    private func takeWork() -> [@Sendable () -> Void] {
        inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
    }

    private func finishEnded() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            remove(handle)?.end(code)
        }
    }
}

/// On the loop's thread.
extension CurlLoop {
    func add(_ transfer: CurlTransfer) {
        guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else { return transfer.end(CURLE_FAILED_INIT) }
        transfers[transfer.handle] = transfer
    }

    /// Stops a transfer in the middle; its connection is closed.
    func cancel(_ transfer: CurlTransfer) {
        remove(transfer.handle)?.endCancelled()
    }

    private func remove(_ handle: UnsafeMutableRawPointer) -> CurlTransfer? {
        guard let transfer = transfers.removeValue(forKey: handle) else { return nil }
        curl_multi_remove_handle(multi, handle)
        return transfer
    }
}
