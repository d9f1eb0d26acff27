import Foundation
import Synchronization

/// Stands between a client and an HTTP server, and breaks what passes as it is told.
///
/// It forwards one request after another, on as many connections as come. Threads that
/// block are all it needs; they end with the connections.
public final class FaultProxy: Sendable {
    /// What happens to a request or to its answer.
    public enum Fault: Sendable, Hashable {
        /// The connection is closed when the request's head is here.
        case refuse
        /// The connection is closed when half of the request's body has passed.
        case cutRequest
        /// The server does what it is asked, and the connection is closed before the answer.
        case loseAnswer
        /// The connection is closed when half of the answer's body has passed.
        case cutAnswer
        /// Half of the answer's body passes, and then nothing, with the connection open.
        case stall
        /// The server does not see the request: this status is answered.
        case status(Int)
        /// The answer's body passes in small pieces with pauses.
        case slow
        /// A byte in the middle of the request's body is changed.
        case alterRequest
        /// A byte in the middle of the answer's body is changed.
        case alterAnswer
        /// The answer says that its body has so many bytes more.
        case lengthen(Int)
    }

    public let port: Int
    /// How long each pause of ``Fault/slow`` is.
    public static let slowPause = 0.02

    private let upstreamPort: Int
    private let listener: Int32
    private let armed = Mutex<[Armed]>([])
    private let seenCount = Mutex(0)

    private struct Armed: Sendable {
        var fault: Fault
        var times: Int
        var matches: @Sendable (_ method: String, _ target: String) -> Bool
    }

    /// Listens on a free port of the loopback.
    public init(to upstreamPort: Int) throws {
        self.upstreamPort = upstreamPort
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard let port = bindLoopback(listener), listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        self.port = port
        Thread.detachNewThread { [self] in acceptForever() }
    }

    /// How many faults have happened.
    public var faults: Int { seenCount.withLock { $0 } }

    /// Has a fault happen to so many of the next requests that match.
    public func arm(
        _ fault: Fault,
        times: Int = 1,
        where matches: @escaping @Sendable (_ method: String, _ target: String) -> Bool = { _, _ in true }
    ) {
        armed.withLock { $0.append(Armed(fault: fault, times: times, matches: matches)) }
    }

    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func acceptForever() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            Thread.detachNewThread { [self] in
                let upstream = connectLoopback(upstreamPort)
                serve(HTTPSocket(client), HTTPSocket(upstream))
                shutdown(client, Int32(SHUT_RDWR))
                Glibc.close(client)
                if upstream >= 0 { Glibc.close(upstream) }
            }
        }
    }

    /// The fault of this request, if one is armed.
    private func fault(_ head: HTTPSocket.Head) -> Fault? {
        armed.withLock { armed in
            guard let index = armed.firstIndex(where: { $0.matches(head.method, head.target) }) else { return nil }
            let fault = armed[index].fault
            armed[index].times -= 1
            if armed[index].times == 0 { armed.remove(at: index) }
            seenCount.withLock { $0 += 1 }
            return fault
        }
    }

    private func serve(_ client: HTTPSocket, _ upstream: HTTPSocket) {
        while var request = client.readHead() {
            let fault = fault(request)
            if fault == .refuse { return }
            if case .status(let status) = fault {
                guard refuse(request, with: status, client) else { return }
                continue
            }
            // The proxy asks for the body itself.
            if request.fields.contains(where: { $0.hasPrefix("expect:") }) {
                request.remove("expect")
                client.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
            upstream.write(request.bytes)
            guard pass(request.bodyLength ?? 0, from: client, to: upstream, fault, .request) else { return }
            guard answer(request, client, upstream, fault) else { return }
        }
    }

    private func refuse(_ request: HTTPSocket.Head, with status: Int, _ client: HTTPSocket) -> Bool {
        if request.fields.contains(where: { $0.hasPrefix("expect:") }) {
            // The client has not sent the body yet and need not.
            client.write(Data("HTTP/1.1 \(status) Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
            return false
        }
        guard client.skip(request.bodyLength ?? 0) else { return false }
        client.write(Data("HTTP/1.1 \(status) Fault\r\nContent-Length: 0\r\n\r\n".utf8))
        return true
    }

    private func answer(
        _ request: HTTPSocket.Head,
        _ client: HTTPSocket,
        _ upstream: HTTPSocket,
        _ fault: Fault?
    ) -> Bool {
        guard var head = upstream.readHead(), fault != .loseAnswer else { return false }
        if case .lengthen(let by) = fault, request.method != "HEAD", let length = head.bodyLength {
            head.remove("content-length")
            head.add("Content-Length: \(max(0, length + by))")
        }
        client.write(head.bytes)
        if request.method == "HEAD" || head.status == 204 || head.status == 304 { return true }
        guard let length = upstream.lastBodyLength else {
            // In chunks or until the end of the connection: nothing asked of the proxy concerns these.
            while let bytes = upstream.readSome(65536) { client.write(bytes) }
            return false
        }
        guard pass(length, from: upstream, to: client, fault, .answer) else { return false }
        if case .lengthen = fault { return false }
        return true
    }

    private enum Direction { case request, answer }

    /// Forwards a body; false when the connection has to end.
    private func pass(
        _ length: Int,
        from source: HTTPSocket,
        to target: HTTPSocket,
        _ fault: Fault?,
        _ direction: Direction
    ) -> Bool {
        var passed = 0
        while passed < length {
            let isPastHalf = passed >= length / 2
            switch (fault, direction) {
            case (.cutRequest, .request) where isPastHalf, (.cutAnswer, .answer) where isPastHalf: return false
            case (.stall, .answer) where isPastHalf:
                // Until the client hangs up.
                _ = target.readSome(1)
                return false
            case (.slow, .answer): Thread.sleep(forTimeInterval: Self.slowPause)
            default: break
            }
            let limit = isPastHalf ? length - passed : max(1, length / 2 - passed)
            guard var bytes = source.readSome(min(limit, fault == .slow ? max(1, length / 20) : 65536)) else {
                return false
            }
            let isAltered =
                (fault == .alterRequest && direction == .request)
                || (fault == .alterAnswer && direction == .answer)
            if isAltered, !isPastHalf { bytes[bytes.startIndex] ^= 1 }
            guard target.write(bytes) else { return false }
            passed += bytes.count
        }
        return true
    }
}
