public import Foundation
import Synchronization

/// An HTTP server that answers as a test says, on a free port of the loopback.
public final class AnsweringServer: Sendable {
    /// What came.
    public struct Request: Sendable {
        public let method: String
        public let target: String
        /// As they came, `name: value`.
        public let fields: [String]
        public let body: Data
        /// Counted from 1.
        public let connection: Int
    }

    public let port: Int
    public var url: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let answer: @Sendable (Request) -> Data?
    private let seen = Mutex<[Request]>([])
    private let connections = Mutex(0)

    /// `answer` gives the whole answer with its head, or `nil` to close the connection.
    public init(_ answer: @escaping @Sendable (Request) -> Data?) throws {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard let port = bindLoopback(listener), listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        self.port = port
        Thread.detachNewThread { [self] in acceptForever() }
    }

    public var requests: [Request] { seen.withLock { $0 } }

    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    /// An answer with its head.
    public static func answer(_ status: Int, fields: [String] = [], body: Data = Data()) -> Data {
        let lines = ["HTTP/1.1 \(status) Test", "Content-Length: \(body.count)"] + fields
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private func acceptForever() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let number = connections.withLock { count in
                count += 1
                return count
            }
            Thread.detachNewThread { [self] in
                serve(HTTPSocket(client), number)
                shutdown(client, Int32(SHUT_RDWR))
                Glibc.close(client)
            }
        }
    }

    private func serve(_ client: HTTPSocket, _ connection: Int) {
        while let head = client.readHead() {
            if head.fields.contains("expect: 100-continue") {
                client.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
            var body = Data()
            while body.count < head.bodyLength ?? 0, let more = client.readSome(65536) { body += more }
            let request = Request(
                method: head.method,
                target: head.target,
                fields: Array(head.lines.dropFirst()),
                body: body,
                connection: connection
            )
            seen.withLock { $0.append(request) }
            guard let answer = answer(request), client.write(answer) else { return }
        }
    }
}
