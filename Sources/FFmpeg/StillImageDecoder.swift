import CFFmpeg

/// Decodes pictures that are files of their own.
///
/// The bytes go straight into the decoder: no demuxer guesses at them, so they
/// cannot name other files.
public enum StillImageDecoder {
    /// What an image file may be.
    public enum Format: String, Sendable, CaseIterable {
        case jpeg, png, webp

        /// Recognises a file by its first bytes.
        public init?(_ bytes: some Sequence<UInt8>) {
            let head = Array(bytes.prefix(12))
            if head.starts(with: [0xff, 0xd8, 0xff]) {
                self = .jpeg
            } else if head.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
                self = .png
            } else if head.starts(with: Array("RIFF".utf8)), head.dropFirst(8).elementsEqual("WEBP".utf8) {
                self = .webp
            } else {
                return nil
            }
        }

        fileprivate var decoder: String { self == .jpeg ? "mjpeg" : rawValue }
    }

    /// Decodes a file; one with more than `maxPixels` is an error.
    public static func decode(_ bytes: [UInt8], as format: Format, maxPixels: Int) throws(FFmpegError) -> Frame {
        let decoder = try Decoder(stillImage: format.decoder, maxPixels: maxPixels)
        try decoder.send(Packet.copying(bytes))
        try decoder.sendEnd()
        guard let picture = try decoder.nextFrame() else {
            throw FFmpegError(AVERROR_INVALIDDATA, operation: "decode picture", subject: format.rawValue)
        }
        return picture
    }
}

extension Frame {
    /// How a viewer shows the picture: mirrored, left to right, or not, then turned clockwise by 0, 90, 180 or 270
    /// degrees.
    ///
    /// JPEG's decoder turns EXIF's orientation into a display matrix; others leave it among the metadata.
    public borrowing func orientation() -> (degrees: Int, isMirrored: Bool) {
        if let data = av_frame_get_side_data(pointer, AV_FRAME_DATA_DISPLAYMATRIX), data.pointee.size >= 36 {
            var matrix = [Int32](repeating: 0, count: 9)
            memcpy(&matrix, data.pointee.data, 36)
            return displayOrientation(matrix)
        }
        let entry = av_dict_get(pointer.pointee.metadata, "Orientation", nil, 0)
        let value = entry.map { String(cString: $0.pointee.value) } ?? ""
        // EXIF counts the eight ways from 1, in this order.
        return switch Int(value.filter { $0.isNumber }) {
        case 2: (0, true)
        case 3: (180, false)
        case 4: (180, true)
        case 5: (270, true)
        case 6: (90, false)
        case 7: (90, true)
        case 8: (270, false)
        default: (0, false)
        }
    }

    /// Forgets everything that is not pixels or their colours: place, device, profiles, thumbnails.
    public func dropMetadata() {
        av_dict_free(&pointer.pointee.metadata)
        while pointer.pointee.nb_side_data > 0, let data = pointer.pointee.side_data?[0] {
            av_frame_remove_side_data(pointer, data.pointee.type)
        }
    }
}

extension StillImageDecoder.Format {
    /// Whether the file's end is there: decoders fill what is missing with grey.
    public func isWhole(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .jpeg:
            // The end-of-image marker comes after the last scan; cameras append more behind it.
            guard let scan = Self.lastIndex(of: [0xff, 0xda], in: bytes) else { return false }
            return (Self.lastIndex(of: [0xff, 0xd9], in: bytes) ?? 0) > scan
        case .png: return Self.lastIndex(of: Array("IEND".utf8), in: bytes) != nil
        case .webp:
            guard bytes.count >= 12 else { return false }
            let size = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            return bytes.count >= size + 8
        }
    }

    private static func lastIndex(of marker: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= marker.count else { return nil }
        return (0...bytes.count - marker.count).last { bytes[$0] == marker[0] && bytes[$0...].starts(with: marker) }
    }
}
