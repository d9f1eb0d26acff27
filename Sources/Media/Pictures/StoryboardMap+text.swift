import Domain

extension StoryboardMap {
    /// Cells side by side in rows, one after another in time; the last is shown until `endSeconds`.
    init(startTimes: [Double], endSeconds: Double, cell: PictureSize, columns: Int) {
        // The first is shown from the beginning, and no cue may be empty.
        let starts = [0] + startTimes.dropFirst()
        let ends = starts.dropFirst() + [max(endSeconds, (starts.last ?? 0) + 0.001)]
        cues = zip(starts, ends).enumerated().map { index, span in
            Cue(
                start: span.0,
                end: span.1,
                sheet: PackageLayout.storyboard,
                x: index % columns * cell.width,
                y: index / columns * cell.height,
                width: cell.width,
                height: cell.height
            )
        }
    }

    /// The file.
    var text: String {
        let blocks = cues.map { cue in
            "\(Self.time(cue.start)) --> \(Self.time(cue.end))\n"
                + "\(cue.sheet)#xywh=\(cue.x),\(cue.y),\(cue.width),\(cue.height)\n"
        }
        return (["WEBVTT\n"] + blocks).joined(separator: "\n")
    }

    /// `hh:mm:ss.ttt`.
    private static func time(_ seconds: Double) -> String {
        let milliseconds = Int(saturating: (seconds * 1000).rounded())
        func digits(_ value: Int, _ count: Int) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(milliseconds / 3_600_000, 2) + ":" + digits(milliseconds / 60_000 % 60, 2) + ":"
            + digits(milliseconds / 1000 % 60, 2) + "." + digits(milliseconds % 1000, 3)
    }
}
