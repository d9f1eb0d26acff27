import CFFmpeg

/// Compresses moving pictures as an animated WebP file, which plays again and again.
public final class AnimationEncoder {
    private let encoder: Encoder

    /// Takes pictures of one size in the format `yuv420p`; `quality` 100 is best.
    public init(width: Int, height: Int, timeBase: Rational, quality: Int) throws(FFmpegError) {
        encoder = try Encoder(
            video: "libwebp_anim",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            timeBase: timeBase,
            frameRate: Rational(0, 1),
            options: ["quality": "\(quality)"]
        )
    }

    /// Adds a picture, which is shown from its time on until the next one's.
    public func add(_ picture: borrowing Frame) throws(FFmpegError) { try encoder.send(picture) }

    /// Returns the whole file.
    public func finish() throws(FFmpegError) -> [UInt8] {
        try encoder.sendEnd()
        // The one packet that comes out is the file, with the number of repetitions as libwebp sets it: 0, forever.
        guard let packet = try encoder.nextPacket() else {
            throw FFmpegError(AVERROR_EOF, operation: "encode animation")
        }
        return packet.copyBytes()
    }
}
