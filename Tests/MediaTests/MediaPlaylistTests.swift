import Media
import Testing

@Suite struct MediaPlaylistTests {
    let playlist = MediaPlaylist(
        mapURI: "init.mp4",
        segments: [
            .init(uri: "segment-00001.m4s", durationSeconds: 2.002),
            .init(uri: "segment-00002.m4s", durationSeconds: 0.5005),
        ]
    )
    let iFrames = MediaPlaylist(
        mapURI: "init.mp4",
        segments: [
            .init(uri: "segment-00001.m4s", durationSeconds: 2, byteRange: .init(length: 4096, offset: 0))
        ],
        isIFramesOnly: true
    )

    @Test func textIsWhatPlayersRead() {
        let expected = """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-TARGETDURATION:2
            #EXT-X-MEDIA-SEQUENCE:1
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-MAP:URI="init.mp4"
            #EXTINF:2.002000,
            segment-00001.m4s
            #EXTINF:0.500500,
            segment-00002.m4s
            #EXT-X-ENDLIST

            """
        #expect(playlist.text == expected)
    }

    @Test func iFramesAreRangesOfSegments() {
        #expect(iFrames.text.contains("#EXT-X-I-FRAMES-ONLY\n"))
        #expect(iFrames.text.contains("#EXTINF:2.000000,\n#EXT-X-BYTERANGE:4096@0\nsegment-00001.m4s\n"))
    }

    @Test func readsBackWhatItWrites() throws {
        #expect(try MediaPlaylist(parsing: playlist.text) == playlist)
        #expect(try MediaPlaylist(parsing: iFrames.text) == iFrames)
    }

    @Test func linesMayEndAsOnWindowsAndCommentsMeanNothing() throws {
        let text = playlist.text.replacing("#EXT-X-MAP", with: "# a comment\n\n#EXT-X-MAP").replacing(
            "\n",
            with: "\r\n"
        )
        #expect(try MediaPlaylist(parsing: text) == playlist)
    }

    @Test func leavesOutAreSeen() throws {
        let text = playlist.text.replacing("#EXT-X-ENDLIST\n", with: "").replacing(
            /#EXT-X-(VERSION|MAP|PLAYLIST).*\n/,
            with: ""
        )
        let parsed = try MediaPlaylist(parsing: text)
        #expect(!parsed.isEnded && parsed.version == 1 && parsed.mapURI == nil && parsed.type == nil)
    }

    @Test(
        arguments: [
            ("#EXTM3U\n", "", 1), ("#EXTINF:2.002000,", "#EXTINF:-1,", 8), ("#EXTINF:2.002000,\n", "", 8),
            ("#EXTINF:2.002000,\n", "#EXTINF:2,\n#EXTINF:2,\n", 9), ("\"init.mp4\"", "init.mp4", 7),
            ("#EXT-X-VERSION:7", "#EXT-X-VERSION:seven", 2),
            ("#EXT-X-VERSION:7", "#EXT-X-VERSION:7\n#EXT-X-VERSION:7", 3),
            ("segment-00001", "segment 00001", 9), ("segment-00001", "segment-\u{1}", 9),
            ("#EXT-X-ENDLIST", "#EXT-X-STREAM-INF:BANDWIDTH=1", 12), ("#EXT-X-TARGETDURATION:2\n", "", nil),
        ] as [(String, String, Int?)]
    )
    func mistakeIsNamedByItsLine(text: String, replacement: String, line: Int?) {
        let wrong = playlist.text.replacing(text, with: replacement)
        #expect(throws: PlaylistError.self) { try MediaPlaylist(parsing: wrong) }
        do { _ = try MediaPlaylist(parsing: wrong) } catch { #expect(error.line == line) }
    }

    @Test(arguments: [(2.4, 2), (2.5, 3), (0.2, 1)])
    func targetIsTheLongestRounded(seconds: Double, target: Int) {
        let playlist = MediaPlaylist(mapURI: "i", segments: [.init(uri: "s", durationSeconds: seconds)])
        #expect(playlist.targetDuration == target)
    }
}
