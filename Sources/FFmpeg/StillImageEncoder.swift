import CFFmpeg

/// Compresses single pictures: files without any metadata.
public enum StillImageEncoder {
    /// Makes a JPEG file of a picture in the format `yuvj420p`.
    ///
    /// `quality` is JPEG's quantiser as FFmpeg counts it: 2 is best, 31 worst.
    public static func jpeg(_ picture: borrowing Frame, quality: Int) throws(FFmpegError) -> [UInt8] {
        try encode(
            picture,
            "mjpeg",
            pixelFormat: "yuvj420p",
            options: [
                // Without `bitexact` a comment would name the writing library.
                "flags": "+qscale+bitexact", "global_quality": "\(quality * Int(FF_QP2LAMBDA))", "color_range": "pc",
                "threads": "1",
            ]
        )
    }

    /// Makes a WebP file of a picture in the format `yuv420p`, with the loss that `quality` stands for: 100 is best.
    public static func webp(_ picture: borrowing Frame, quality: Int) throws(FFmpegError) -> [UInt8] {
        try encode(picture, "libwebp", pixelFormat: "yuv420p", options: ["quality": "\(quality)"])
    }

    private static func encode(
        _ picture: borrowing Frame,
        _ codec: String,
        pixelFormat: String,
        options: [String: String]
    ) throws(FFmpegError) -> [UInt8] {
        let encoder = try Encoder(
            video: codec,
            width: picture.width,
            height: picture.height,
            pixelFormat: pixelFormat,
            timeBase: Rational(1, 25),
            frameRate: Rational(25, 1),
            options: options
        )
        try encoder.send(picture)
        try encoder.sendEnd()
        guard let packet = try encoder.nextPacket() else {
            throw FFmpegError(AVERROR_EOF, operation: "encode picture", subject: codec)
        }
        return packet.copyBytes()
    }
}

extension Packet {
    /// The encoded bytes, copied.
    public borrowing func copyBytes() -> [UInt8] {
        Array(UnsafeBufferPointer(start: pointer.pointee.data, count: count))
    }
}
