import Foundation

/// One end of a connection on which HTTP/1.1 is spoken, read with blocking calls.
final class HTTPSocket {
    /// A head as it came, line by line; fields in small letters up to their colon.
    struct Head {
        var lines: [String]

        var method: String { String(lines[0].split(separator: " ").first ?? "") }
        var target: String { String(lines[0].split(separator: " ").dropFirst().first ?? "") }
        var status: Int { Int(target) ?? 0 }
        var fields: [String] { lines.dropFirst().map { $0.lowercased() } }
        var bodyLength: Int? {
            fields.first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) }
        }
        var bytes: Data { Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) }

        mutating func remove(_ name: String) {
            lines = [lines[0]] + lines.dropFirst().filter { !$0.lowercased().hasPrefix("\(name):") }
        }

        mutating func add(_ field: String) { lines.append(field) }
    }

    private let socket: Int32
    private var unread = Data()
    /// What the head that was read last announced.
    private(set) var lastBodyLength: Int?

    init(_ socket: Int32) { self.socket = socket }

    /// The next head, interim answers left out; `nil` at the end of the connection.
    func readHead() -> Head? {
        while true {
            while let end = unread.firstRange(of: Data("\r\n\r\n".utf8)) {
                let text = String(decoding: unread[..<end.lowerBound], as: UTF8.self)
                unread = Data(unread[end.upperBound...])
                let head = Head(lines: text.components(separatedBy: "\r\n"))
                if (100..<200).contains(head.status) { continue }
                lastBodyLength = head.bodyLength
                return head
            }
            guard let more = receive(65536) else { return nil }
            unread += more
        }
    }

    /// Up to so many bytes; `nil` at the end of the connection.
    func readSome(_ count: Int) -> Data? {
        if unread.isEmpty {
            guard let more = receive(count) else { return nil }
            unread = more
        }
        defer { unread = Data(unread.dropFirst(count)) }
        return Data(unread.prefix(count))
    }

    func skip(_ count: Int) -> Bool {
        var left = count
        while left > 0 {
            guard let bytes = readSome(min(left, 65536)) else { return false }
            left -= bytes.count
        }
        return true
    }

    @discardableResult
    func write(_ bytes: Data) -> Bool {
        let buffer = Array(bytes)
        var sent = 0
        while sent < buffer.count {
            let count = buffer[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private func receive(_ count: Int) -> Data? {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(socket, &buffer, count, 0)
        return got > 0 ? Data(buffer[..<got]) : nil
    }
}

/// Binds a socket to a port of the loopback, for 0 to a free one, and tells which.
func bindLoopback(_ socket: Int32, port: Int = 0) -> Int? {
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withLoopback(port: port) { address -> UInt16? in
        guard bind(socket, address, length) == 0 else { return nil }
        var bound = sockaddr_in()
        let got = withUnsafeMutablePointer(to: &bound) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        return got == 0 ? UInt16(bigEndian: bound.sin_port) : nil
    }
    return port.map { Int($0) }
}

/// A connected socket, or -1.
func connectLoopback(_ port: Int) -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isConnected = withLoopback(port: port) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
    if isConnected { return connection }
    close(connection)
    return -1
}

private func withLoopback<R>(port: Int, _ body: (UnsafePointer<sockaddr>) -> R) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
    }
}
