import CFFmpeg

/// Compresses single pictures as JPEG.
public enum StillImageEncoder {
    /// Makes a JPEG file of a picture in the format `yuvj420p`.
    ///
    /// `quality` is JPEG's quantiser as FFmpeg counts it: 2 is best, 31 worst.
    public static func jpeg(_ picture: borrowing Frame, quality: Int) throws(FFmpegError) -> [UInt8] {
        let encoder = try Encoder(
            video: "mjpeg",
            width: picture.width,
            height: picture.height,
            pixelFormat: "yuvj420p",
            timeBase: Rational(1, 25),
            frameRate: Rational(25, 1),
            options: [
                "flags": "+qscale", "global_quality": "\(quality * Int(FF_QP2LAMBDA))", "color_range": "pc",
                "threads": "1",
            ]
        )
        try encoder.send(picture)
        try encoder.sendEnd()
        guard let packet = try encoder.nextPacket() else {
            throw FFmpegError(AVERROR_EOF, operation: "encode JPEG")
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
