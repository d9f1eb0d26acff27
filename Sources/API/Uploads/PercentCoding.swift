/// `%41` and the like, in URLs and forms.
enum PercentCoding {
    /// The bytes meant by a text; what is no escape stays as it is.
    static func decode(_ text: some Sequence<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
        let bytes = Array(text)
        // Tokens and numbers, which is most there is, have none.
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return bytes }
        var decoded: [UInt8] = []
        var pending = bytes[...]
        while let byte = pending.popFirst() {
            if byte == UInt8(ascii: "%"), pending.count >= 2, let value = hex(pending.prefix(2)) {
                decoded.append(value)
                pending = pending.dropFirst(2)
            } else {
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return decoded
    }

    private static func hex(_ digits: ArraySlice<UInt8>) -> UInt8? {
        // UInt8 would also take a sign.
        guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit && $0 < 0x80 }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
