/// One elementary stream of sound.
public struct AudioStream: Codable, Sendable, Equatable {
    /// The stream's index in its file.
    public var index: Int
    /// FFmpeg's name of the codec, for example `aac`.
    public var codec: String
    /// Samples per second and channel.
    public var sampleRate: Int
    /// The number of channels.
    public var channels: Int

    public init(index: Int, codec: String, sampleRate: Int, channels: Int) {
        self.index = index
        self.codec = codec
        self.sampleRate = sampleRate
        self.channels = channels
    }
}
