/// Where the files of a package are, below its folder.
enum PackageLayout {
    static let playback = "play.mp4"
    static let cover = "cover.jpg"
    static let coverWebP = "cover.webp"
    static let smallCover = "cover-small.jpg"
    static let smallCoverWebP = "cover-small.webp"
    static let storyboard = "storyboard.jpg"
    static let storyboardMap = "storyboard.vtt"
    static let preview = "preview.webp"
    static let master = "hls/master.m3u8"
    static let playlistName = "index.m3u8"
    static let iFramePlaylistName = "iframes.m3u8"
    static let initializationName = "init.mp4"

    static func renditionFolder(_ rung: String) -> String { "hls/\(rung)" }

    /// `number` is counted from 1.
    static func segmentName(_ number: Int) -> String {
        let digits = "\(number)"
        return "segment-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".m4s"
    }
}
