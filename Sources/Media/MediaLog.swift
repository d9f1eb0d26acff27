import FFmpeg

/// What the libraries below say while they work; silent unless asked.
public enum MediaLog {
    /// Prints every line of libav* and its encoders on standard error, for debugging.
    public static func printEverything() { FFmpegLog.printEverything() }
}
