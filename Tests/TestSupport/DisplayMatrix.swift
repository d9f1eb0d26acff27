public import Foundation

/// Changes how a QuickTime file says that it is to be shown.
public enum DisplayMatrix {
    /// Replaces a, b, c and d in the first track's header: 16.16 fixed point, big-endian, with the third column between.
    public static func write(_ matrix: [Int32], into file: Data) -> Data {
        var file = file
        guard let header = file.range(of: Data("tkhd".utf8)) else { return file }
        // After the type: version and flags, times, track, reserved, duration, reserved, layer, volume.
        let start = header.upperBound + 40
        for (value, offset) in zip(matrix, [0, 4, 12, 16]) {
            let bytes = Data((0..<4).map { UInt8(truncatingIfNeeded: (value << 16) >> (24 - 8 * $0)) })
            file.replaceSubrange(start + offset..<start + offset + 4, with: bytes)
        }
        return file
    }
}
