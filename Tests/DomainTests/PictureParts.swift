@testable import Domain

/// Takes pictures apart and puts them together, as simply as a test may.
enum PictureParts {
    typealias Chunk = (name: String, data: [UInt8])

    /// The markers of a JPEG file, as the second byte of each, up to the first scan.
    static func markers(_ jpeg: [UInt8]) -> [UInt8] {
        var markers: [UInt8] = []
        var offset = 2
        while markers.last != 0xDA {
            markers.append(jpeg[offset + 1])
            offset += 2 + Int(jpeg[offset + 2]) << 8 + Int(jpeg[offset + 3])
        }
        return markers
    }

    /// The chunks of a PNG file.
    static func chunks(_ png: [UInt8]) -> [Chunk] {
        var chunks: [Chunk] = []
        var offset = 8
        while offset < png.count {
            let length = png[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: png[(offset + 4)..<(offset + 8)], as: UTF8.self)
            chunks.append((name, Array(png[(offset + 8)..<(offset + 8 + length)])))
            offset += length + 12
        }
        return chunks
    }

    static func png(_ chunks: [Chunk]) -> [UInt8] {
        chunks.reduce(into: PNGPicture.signature) { png, chunk in
            let named = Array(chunk.name.utf8) + chunk.data
            png.appendBigEndian32(UInt32(chunk.data.count))
            png += named
            png.appendBigEndian32(CRC32.checksum(of: named[...]))
        }
    }

    /// The chunks of a WebP file.
    static func riffChunks(_ webp: [UInt8]) -> [Chunk] {
        var chunks: [Chunk] = []
        var offset = 12
        while offset < webp.count {
            let length = webp[(offset + 4)..<(offset + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: webp[offset..<(offset + 4)], as: UTF8.self)
            chunks.append((name, Array(webp[(offset + 8)..<(offset + 8 + length)])))
            offset += 8 + length + length % 2
        }
        return chunks
    }

    static func webp(_ chunks: [Chunk]) -> [UInt8] {
        let body = chunks.reduce(into: Array("WEBP".utf8)) { body, chunk in
            body += chunk.name.utf8
            body.appendLittleEndian32(UInt32(chunk.data.count))
            body += chunk.data + [UInt8](repeating: 0, count: chunk.data.count % 2)
        }
        var webp = Array("RIFF".utf8)
        webp.appendLittleEndian32(UInt32(body.count))
        return webp + body
    }
}

extension [UInt8] {
    /// Where these bytes begin.
    func offset(of pattern: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: pattern) }
    }

    func contains(_ text: String) -> Bool { offset(of: Array(text.utf8)) != nil }

    func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
        guard let offset = offset(of: old) else { return self }
        return self[..<offset] + new + self[(offset + old.count)...]
    }
}
