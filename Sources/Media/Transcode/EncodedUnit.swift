import FFmpeg

/// What the encoders' threads hand to the thread that writes the package.
enum EncodedUnit: ~Copyable, Sendable {
    /// A rung's encoder is open.
    case videoStream(rung: Int, StreamParameters)
    case video(rung: Int, Packet)
    case videoEnd(rung: Int)
    /// The sound's encoder is open.
    case audioStream(StreamParameters)
    case audio(Packet)
    /// No more sound will come; there was none if no `audioStream` came before.
    case audioEnd
}
