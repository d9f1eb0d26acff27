import Testing

@testable import Media

@Suite struct MultivariantPlaylistTests {
    let playlist = MultivariantPlaylist(
        variants: [
            .init(
                uri: "720/index.m3u8",
                bandwidth: 3_100_000,
                averageBandwidth: 2_000_001,
                codecs: "avc1.64001f,mp4a.40.2",
                width: 1280,
                height: 720,
                framesPerSecond: 30_000 / 1001
            )
        ],
        iFrameVariants: [
            .init(
                uri: "720/iframes.m3u8",
                bandwidth: 200_000,
                averageBandwidth: 150_000,
                codecs: "avc1.64001f",
                width: 1280,
                height: 720,
                framesPerSecond: nil
            )
        ]
    )

    @Test func textIsWhatPlayersRead() {
        let expected = """
            #EXTM3U
            #EXT-X-VERSION:7
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-STREAM-INF:BANDWIDTH=3100000,AVERAGE-BANDWIDTH=2000001,CODECS="avc1.64001f,mp4a.40.2",\
            RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE
            720/index.m3u8
            #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200000,AVERAGE-BANDWIDTH=150000,CODECS="avc1.64001f",\
            RESOLUTION=1280x720,VIDEO-RANGE=SDR,URI="720/iframes.m3u8"

            """
        #expect(playlist.text == expected)
    }

    @Test func readsBackWhatItWrites() throws {
        var parsed = try MultivariantPlaylist(parsing: playlist.text)
        #expect(parsed.variants.first?.framesPerSecond == 29.97)
        parsed.variants[0].framesPerSecond = 30_000 / 1001
        #expect(parsed == playlist)
    }

    @Test(arguments: [
        ("#EXTM3U\n", ""), ("720/index.m3u8\n", ""), ("BANDWIDTH=3100000,", ""), ("=3100000", "=3e6"),
        ("=\"avc1.64001f,mp4a.40.2\"", "=avc1.64001f"), ("1280x720,F", "1280*720,F"), ("AVERAGE-", ""),
        (",URI=\"720/iframes.m3u8\"", ""), ("=NONE", "=NONE,"), ("FRAME-RATE", "frame-rate"),
        ("#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-ENDLIST"),
    ])
    func incompletePlaylistIsNoPlaylist(text: String, replacement: String) {
        #expect(throws: PlaylistError.self) {
            try MultivariantPlaylist(parsing: playlist.text.replacing(text, with: replacement))
        }
    }

    func variant(_ codec: String, _ height: Int, _ kilobits: Int) -> MultivariantPlaylist.Variant {
        .init(
            uri: "\(codec) \(height)",
            bandwidth: kilobits * 1100,
            averageBandwidth: kilobits * 1000,
            codecs: codec,
            width: height * 2,
            height: height,
            framesPerSecond: 30
        )
    }

    func order(_ variants: [MultivariantPlaylist.Variant]) -> [String] {
        MultivariantPlaylist.inPlayersOrder(variants).map(\.uri)
    }

    @Test func playersStartWithTheBestOfAtMostTwoMegabits() {
        let ladder = [variant("avc1", 360, 700), variant("avc1", 1080, 5000), variant("avc1", 720, 1900)]
        #expect(order(ladder) == ["avc1 720", "avc1 1080", "avc1 360"])
        #expect(order([variant("avc1", 1080, 5000), variant("avc1", 720, 2100)]) == ["avc1 720", "avc1 1080"])
        #expect(order([]) == [])
    }

    @Test func variantsAreGroupedByCodec() {
        let ladder = [
            variant("av01", 720, 900), variant("hvc1", 720, 1000), variant("avc1", 720, 3000),
            variant("avc1", 360, 600), variant("hvc1", 1080, 1800),
        ]
        #expect(order(ladder) == ["avc1 360", "avc1 720", "hvc1 1080", "hvc1 720", "av01 720"])
    }
}
