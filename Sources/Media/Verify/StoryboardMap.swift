import Foundation

/// `storyboard.vtt`: which cell of the sheet shows which stretch of the video (WebVTT, Media Fragments).
struct StoryboardMap {
    /// One cell.
    struct Cue {
        var start: Double
        var end: Double
        var sheet: String
        /// In pixels of the sheet.
        var x: Int
        var y: Int
        var width: Int
        var height: Int
    }

    var cues: [Cue] = []

    /// `nil` for a text that is not of this kind.
    init?(parsing text: String) {
        let blocks = text.replacing("\r\n", with: "\n").split(separator: "\n\n", omittingEmptySubsequences: true)
        guard blocks.first?.hasPrefix("WEBVTT") == true else { return nil }
        for block in blocks.dropFirst() {
            guard let cue = Cue(block) else { return nil }
            cues.append(cue)
        }
    }
}

extension StoryboardMap.Cue {
    /// An optional name, the times, and `sheet#xywh=x,y,w,h`.
    fileprivate init?(_ block: Substring) {
        let lines = block.split(separator: "\n")
        guard
            let times = lines.firstIndex(where: { $0.contains(" --> ") }), times + 1 < lines.count,
            let span = lines[times].wholeMatch(of: /([0-9:.]+) --> ([0-9:.]+).*/),
            let start = Self.seconds(span.1), let end = Self.seconds(span.2),
            let box = lines[times + 1].wholeMatch(of: /(.+)#xywh=(?:pixel:)?(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})/),
            let x = Int(box.2), let y = Int(box.3), let width = Int(box.4), let height = Int(box.5)
        else { return nil }
        self.init(start: start, end: end, sheet: String(box.1), x: x, y: y, width: width, height: height)
    }

    /// `hh:mm:ss.ttt`; the hours may be absent.
    private static func seconds(_ text: Substring) -> Double? {
        let parts = text.split(separator: ":").map { Double($0) }
        guard (2...3).contains(parts.count), !parts.contains(nil) else { return nil }
        return parts.compactMap { $0 }.reduce(0) { $0 * 60 + $1 }
    }
}
