/// Who sends a request, as far as limits are concerned.
///
/// An IPv4 address stands for itself. Of an IPv6 address only the network of
/// 64 bits counts: a home gets at least that much, and could otherwise come
/// from a new address each time.
struct ClientAddress: Hashable, Sendable {
    private enum Network: Hashable {
        case ipv4(UInt32)
        case ipv6(UInt64)
    }

    private let network: Network

    /// Reads `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443` and `fe80::1%eth0`.
    ///
    /// An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
    init?(_ text: String) {
        guard let host = Self.host(in: Array(text.utf8)[...]) else { return nil }
        if let address = Self.ipv4(host) {
            network = .ipv4(address)
        } else if let groups = Self.ipv6(host) {
            network = Self.network(of: groups)
        } else {
            return nil
        }
    }

    /// Who is behind a request.
    ///
    /// Anybody can send the headers; only what our own gateway wrote is true.
    /// It adds the address that it saw at the end of `X-Forwarded-For`; what
    /// stands before came with the request.
    ///
    /// - Parameters:
    ///   - forwardedFor: The header `X-Forwarded-For`; several of them joined with commas, in their order.
    ///   - realIP: The header `X-Real-IP`.
    ///   - peer: The other end of the connection; `nil` for a Unix socket.
    ///   - trustsForwarded: Whether requests come through our gateway alone.
    /// - Returns: The address that limits count by, or `nil` if there is none.
    static func client(
        forwardedFor: String?,
        realIP: String?,
        peer: String?,
        trustsForwarded: Bool
    ) -> ClientAddress? {
        let last = forwardedFor?.split(separator: ",", omittingEmptySubsequences: false).last.map(String.init)
        let candidates = trustsForwarded ? [last, realIP, peer] : [peer]
        return candidates.lazy.compactMap { $0.flatMap(ClientAddress.init) }.first
    }

    // MARK: Parts of the text, as ASCII

    private typealias Text = ArraySlice<UInt8>

    private static let dot = UInt8(ascii: ".")
    private static let colon = UInt8(ascii: ":")

    /// Without the spaces around it, brackets, port and zone.
    private static func host(in text: Text) -> Text? {
        let text = trimmed(text)
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")), isPort(text[end...].dropFirst()) else { return nil }
            return withoutZone(text[..<end].dropFirst())
        }
        guard let first = text.firstIndex(of: colon) else { return text }
        // More than one colon: IPv6 without a port.
        guard first == text.lastIndex(of: colon) else { return withoutZone(text) }
        return isPort(text[first...]) ? text[..<first] : nil
    }

    private static func trimmed(_ text: Text) -> Text {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let start = text.drop(while: isSpace)
        return start.dropLast(start.reversed().prefix(while: isSpace).count)
    }

    /// Nothing, or a colon and a number.
    private static func isPort(_ text: Text) -> Bool {
        text.isEmpty || text.first == colon && number(text.dropFirst(), radix: 10, maxDigits: 5, max: 65535) != nil
    }

    private static func withoutZone(_ text: Text) -> Text { text.prefix { $0 != UInt8(ascii: "%") } }

    /// Digits and nothing else: no sign, no space.
    private static func number(_ text: Text, radix: UInt32, maxDigits: Int, max: UInt32) -> UInt32? {
        guard (1...maxDigits).contains(text.count) else { return nil }
        var number: UInt32 = 0
        for byte in text {
            guard let digit = digit(byte), digit < radix else { return nil }
            number = number * radix + digit
        }
        return number <= max ? number : nil
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private static func ipv4(_ text: Text) -> UInt32? {
        let parts = text.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            // Some read a leading zero as octal.
            guard let number = number(part, radix: 10, maxDigits: 3, max: 255),
                part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            address = address << 8 | number
        }
        return address
    }

    /// Eight groups of 16 bits, of which zeros may be left out once (RFC 4291, 2.2).
    private static func ipv6(_ text: Text) -> [UInt32]? {
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            return groups(text, mayEndInIPv4: true).flatMap { $0.count == 8 ? $0 : nil }
        }
        let (before, after) = (text[..<gap], text[gap...].dropFirst(2))
        guard let left = before.isEmpty ? [] : groups(before, mayEndInIPv4: false),
            let right = after.isEmpty ? [] : groups(after, mayEndInIPv4: true), left.count + right.count < 8
        else { return nil }
        return left + [UInt32](repeating: 0, count: 8 - left.count - right.count) + right
    }

    private static func groups(_ text: Text, mayEndInIPv4: Bool) -> [UInt32]? {
        let parts = text.split(separator: colon, omittingEmptySubsequences: false)
        var groups: [UInt32] = []
        for (index, part) in parts.enumerated() {
            if let group = number(part, radix: 16, maxDigits: 4, max: 0xFFFF) {
                groups.append(group)
            } else if mayEndInIPv4, index == parts.count - 1, let address = ipv4(part) {
                groups += [address >> 16, address & 0xFFFF]
            } else {
                return nil
            }
        }
        return groups
    }

    private static func network(of groups: [UInt32]) -> Network {
        if groups.prefix(6) == [0, 0, 0, 0, 0, 0xFFFF] { return .ipv4(groups[6] << 16 | groups[7]) }
        return .ipv6(groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) })
    }
}

extension ClientAddress: CustomStringConvertible {
    /// For logs: `192.0.2.1`, or `2001:db8:0:1::/64`.
    var description: String {
        switch network {
        case .ipv4(let address):
            [24, 16, 8, 0].map { "\(address >> $0 & 0xFF)" }.joined(separator: ".")
        case .ipv6(let network):
            [48, 32, 16, 0].map { String(network >> $0 & 0xFFFF, radix: 16) }.joined(separator: ":") + "::/64"
        }
    }
}
