import Media
import Testing

@Suite struct MultivariantPlaylistTests {
    let playlist = MultivariantPlaylist(variants: [
        .init(
            uri: "720/index.m3u8",
            bandwidth: 3_100_000,
            averageBandwidth: 2_000_001,
            codecs: "avc1.64001f,mp4a.40.2",
            width: 1280,
            height: 720,
            framesPerSecond: 30_000 / 1001
        )
    ])

    @Test func textIsWhatPlayersRead() {
        let expected = """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-STREAM-INF:BANDWIDTH=3100000,AVERAGE-BANDWIDTH=2000001,CODECS="avc1.64001f,mp4a.40.2",\
            RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR
            720/index.m3u8

            """
        #expect(playlist.text == expected)
    }

    @Test func readsBackWhatItWrites() throws {
        var variants = try #require(MultivariantPlaylist(parsing: playlist.text)).variants
        #expect(variants.first?.framesPerSecond == 29.97)
        variants[0].framesPerSecond = 30_000 / 1001
        #expect(variants == playlist.variants)
    }

    @Test(arguments: ["#EXTM3U\n", "720/index.m3u8\n", ",VIDEO-RANGE=SDR", "BANDWIDTH=3100000,"])
    func incompletePlaylistIsNoPlaylist(without text: String) {
        #expect(MultivariantPlaylist(parsing: playlist.text.replacing(text, with: "")) == nil)
    }
}
