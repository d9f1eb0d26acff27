extension MediaPlaylist {
    /// Reads a playlist of the kind that `text` writes.
    ///
    /// Strict: a tag that RFC 8216 does not allow here, or that this server never writes, is an error.
    public init(parsing text: String) throws(PlaylistError) {
        var parser = Parser()
        for line in try PlaylistLines(text).lines { try parser.read(line) }
        self = try parser.finished()
    }

    /// What was read so far.
    private struct Parser {
        private var playlist = MediaPlaylist(mapURI: "", segments: [])
        private var tags: Set<String> = []
        private var duration: Double?
        private var byteRange: ByteRange?

        init() {
            playlist.version = 1
            playlist.mapURI = nil
            playlist.type = nil
            playlist.hasIndependentSegments = false
            playlist.isEnded = false
        }

        mutating func read(_ line: PlaylistLines.Line) throws(PlaylistError) {
            switch line.content {
            case .uri(let uri): try addSegment(uri, line.number)
            case .tag("EXTINF", let value): try readDuration(value, line.number)
            case .tag("EXT-X-BYTERANGE", let value): try readRange(value, line.number)
            case .tag(let name, let value):
                guard tags.insert(name).inserted else { throw PlaylistError(line: line.number, "has a second \(name)") }
                try readOnce(name, value, line.number)
            }
        }

        private mutating func addSegment(_ uri: String, _ line: Int) throws(PlaylistError) {
            guard let seconds = duration.take() else { throw PlaylistError(line: line, "is a segment without EXTINF") }
            playlist.segments.append(.init(uri: uri, durationSeconds: seconds, byteRange: byteRange.take()))
        }

        private mutating func readDuration(_ value: String?, _ line: Int) throws(PlaylistError) {
            guard let match = value?.wholeMatch(of: /([0-9]{1,9}(?:\.[0-9]+)?),.*/), let seconds = Double(match.1)
            else {
                throw PlaylistError(line: line, "has no duration")
            }
            guard duration == nil else { throw PlaylistError(line: line, "follows an EXTINF without a segment") }
            duration = seconds
        }

        private mutating func readRange(_ value: String?, _ line: Int) throws(PlaylistError) {
            guard
                let match = value?.wholeMatch(of: /([0-9]{1,15})@([0-9]{1,15})/),
                let length = Int(match.1), let offset = Int(match.2)
            else { throw PlaylistError(line: line, "has no range of the form length@offset") }
            byteRange = ByteRange(length: length, offset: offset)
        }

        private mutating func readOnce(_ name: String, _ value: String?, _ line: Int) throws(PlaylistError) {
            switch name {
            case "EXT-X-VERSION": playlist.version = try number(value, line)
            case "EXT-X-TARGETDURATION": playlist.targetDuration = try number(value, line)
            case "EXT-X-MEDIA-SEQUENCE":
                guard playlist.segments.isEmpty else { throw PlaylistError(line: line, "comes after a segment") }
                _ = try number(value, line)
            case "EXT-X-PLAYLIST-TYPE": playlist.type = value
            case "EXT-X-INDEPENDENT-SEGMENTS": playlist.hasIndependentSegments = true
            case "EXT-X-I-FRAMES-ONLY": playlist.isIFramesOnly = true
            case "EXT-X-MAP":
                guard playlist.segments.isEmpty else { throw PlaylistError(line: line, "comes after a segment") }
                playlist.mapURI = try AttributeList(value, line: line).string("URI")
            case "EXT-X-ENDLIST": playlist.isEnded = true
            default: throw PlaylistError(line: line, "has \(name), which does not belong here")
            }
        }

        private func number(_ value: String?, _ line: Int) throws(PlaylistError) -> Int {
            guard let number = value.flatMap({ Int($0) }), (0...1_000_000_000).contains(number) else {
                throw PlaylistError(line: line, "has no whole number")
            }
            return number
        }

        func finished() throws(PlaylistError) -> MediaPlaylist {
            guard tags.contains("EXT-X-TARGETDURATION") else { throw PlaylistError("it has no EXT-X-TARGETDURATION") }
            guard duration == nil else { throw PlaylistError("its last EXTINF has no segment") }
            guard !playlist.segments.isEmpty else { throw PlaylistError("it has no segments") }
            return playlist
        }
    }
}
