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

    @Test func readsBackWhatItWrites() { #expect(MediaPlaylist(parsing: playlist.text) == playlist) }

    @Test(arguments: ["#EXT-X-ENDLIST\n", "#EXT-X-MAP:URI=\"init.mp4\"\n", "#EXTM3U\n", "#EXTINF:2.002000,\n"])
    func incompletePlaylistIsNoPlaylist(without line: String) {
        #expect(MediaPlaylist(parsing: playlist.text.replacing(line, with: "")) == nil)
    }

    @Test(arguments: [(2.4, 2), (2.5, 3), (0.2, 1)])
    func targetIsTheLongestRounded(seconds: Double, target: Int) {
        let playlist = MediaPlaylist(mapURI: "i", segments: [.init(uri: "s", durationSeconds: seconds)])
        #expect(playlist.targetDuration == target)
    }
}
