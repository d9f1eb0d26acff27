import Foundation

/// The outermost structure of an MP4 file: a row of boxes, each with a 32-bit size and a four-letter type.
enum MP4Boxes {
    /// Whether `moov`, the index, comes before `mdat`, the data, so that playback starts with the first bytes.
    static func hasIndexInFront(_ url: URL) -> Bool {
        guard let file = try? FileHandle(forReadingFrom: url) else { return false }
        var offset: UInt64 = 0
        // `ftyp` and a few small boxes may come first.
        for _ in 0..<16 {
            guard
                (try? file.seek(toOffset: offset)) != nil,
                let header = try? file.read(upToCount: 8), header.count == 8
            else { return false }
            let type = String(decoding: header.suffix(4), as: UTF8.self)
            if type == "moov" { return true }
            let size = header.prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            // 0 means "to the end of the file", 1 a 64-bit size: only `mdat` uses them.
            if type == "mdat" || size < 8 { return false }
            offset += size
        }
        return false
    }
}
