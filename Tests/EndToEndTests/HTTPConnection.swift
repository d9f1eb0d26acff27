import Foundation
import Glibc

/// A request exactly as it goes over the wire: any method, a path as it is, a body also with GET.
struct HTTPRequest {
    var method = "GET"
    /// With the query.
    var path: String
    var headers: [String: String] = [:]
    var body: Data?

    func encoded(keepsAlive: Bool) -> Data {
        var head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: \(keepsAlive ? "keep-alive" : "close")\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return Data((head + "\r\n").utf8) + (body ?? Data())
    }
}

/// What came back.
struct HTTPReply {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: Data
}

/// One connection to this machine, used by one thread that waits for each answer.
final class HTTPConnection {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private static let patience = timeval(tv_sec: 60, tv_usec: 0)

    private let port: Int
    private let keepsAlive: Bool
    private var descriptor: Int32?
    private var received: [UInt8] = []
    /// On the connection that is open.
    private var answerCount = 0

    init(port: Int, keepsAlive: Bool = true) {
        self.port = port
        self.keepsAlive = keepsAlive
    }

    deinit { disconnect() }

    func send(_ request: HTTPRequest) throws -> HTTPReply {
        let descriptor = try descriptor ?? connect()
        try write(request.encoded(keepsAlive: keepsAlive), to: descriptor)
        let reply = try readReply(to: request.method, from: descriptor)
        answerCount += 1
        if !keepsAlive || reply.headers["connection"]?.lowercased() == "close" { disconnect() }
        return reply
    }

    /// Sends a head, or part of one, exactly as it is and reads what comes back.
    func send(raw head: String) throws -> HTTPReply {
        try sendPart(head)
        return try readReply()
    }

    /// Sends bytes that are no whole request yet.
    func sendPart(_ text: String) throws {
        let descriptor = try descriptor ?? connect()
        try write(Data(text.utf8), to: descriptor)
    }

    func readReply() throws -> HTTPReply { try readReply(to: "GET", from: try descriptor ?? connect()) }

    /// Whether something has come, or the other side has closed.
    var hasAnswer: Bool {
        guard let descriptor else { return true }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) >= 0 || errno != EAGAIN
    }

    private func connect() throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = Self.patience
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        self.descriptor = descriptor
        guard result == 0 else { throw fail("connect: \(String(cString: strerror(errno)))") }
        return descriptor
    }

    private func disconnect() {
        if let descriptor { close(descriptor) }
        descriptor = nil
        received = []
        answerCount = 0
    }

    private func fail(_ description: String) -> Failure {
        disconnect()
        return Failure(description: description)
    }

    private func write(_ data: Data, to descriptor: Int32) throws {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // A server that refuses early answers before it has read everything.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads more; `false` at the end.
    private func receive(from descriptor: Int32) throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw fail("receive: \(String(cString: strerror(errno)))") }
        received += chunk.prefix(count)
        return count > 0
    }

    private func readReply(to method: String, from descriptor: Int32) throws -> HTTPReply {
        let head = try readHead(from: descriptor)
        let lines = head.components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw fail("not HTTP: \(lines[0])")
        }
        let headers = lines.dropFirst().reduce(into: [String: String]()) { headers, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let hasBody = method != "HEAD" && status != 204 && status != 304
        return HTTPReply(
            status: status,
            headers: headers,
            body: hasBody ? try readBody(headers, from: descriptor) : Data()
        )
    }

    private func readHead(from descriptor: Int32) throws -> String {
        while true {
            if let end = received.indices.first(where: { received[$0...].starts(with: Array("\r\n\r\n".utf8)) }) {
                let head = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end + 4)
                return head
            }
            guard try receive(from: descriptor) else {
                throw fail("ended before answer \(answerCount + 1) of this connection")
            }
        }
    }

    private func readBody(_ headers: [String: String], from descriptor: Int32) throws -> Data {
        if headers["transfer-encoding"] == "chunked" { return try readChunks(from: descriptor) }
        guard let length = headers["content-length"].flatMap({ Int($0) }) else {
            while try receive(from: descriptor) {}
            defer { disconnect() }
            return Data(received)
        }
        return try read(length, from: descriptor)
    }

    private func readChunks(from descriptor: Int32) throws -> Data {
        var body = Data()
        while true {
            while !received.contains(10) { guard try receive(from: descriptor) else { throw fail("cut off") } }
            let end = received.firstIndex(of: 10) ?? 0
            let size = Int(String(decoding: received[..<end], as: UTF8.self).prefix { $0.isHexDigit }, radix: 16)
            received.removeFirst(end + 1)
            guard let size else { throw fail("not a chunk") }
            body += try read(size, from: descriptor)
            _ = try read(2, from: descriptor)
            if size == 0 { return body }
        }
    }

    private func read(_ count: Int, from descriptor: Int32) throws -> Data {
        while received.count < count {
            guard try receive(from: descriptor) else { throw fail("the answer was cut off") }
        }
        defer { received.removeFirst(count) }
        return Data(received.prefix(count))
    }
}
