/// What each level of H.264 allows (ITU-T H.264, table A-1).
struct H264Level {
    /// Ten times its name.
    var number: Int
    /// Blocks of 16 x 16 pixels: per second, of one picture, and of all decoded pictures that are kept.
    var blocksPerSecond: Int
    var blocksPerPicture: Int
    var blocksKept: Int
    /// For the High profile.
    var bitsPerSecond: Int

    /// What a stream needs.
    struct Need {
        var width: Int
        var height: Int
        var decodedPictures: Int
        var framesPerSecond: Double
        var bitsPerSecond: Int
    }

    func allows(_ need: Need) -> Bool {
        let (columns, rows) = ((need.width + 15) / 16, (need.height + 15) / 16)
        let blocks = columns * rows
        // A side may be at most the square root of eight pictures' blocks. Rates are averages, hence the hundredth.
        return blocks <= blocksPerPicture && max(columns, rows) * max(columns, rows) <= 8 * blocksPerPicture
            && Double(blocks) * need.framesPerSecond <= Double(blocksPerSecond) * 1.01
            && blocks * need.decodedPictures <= blocksKept && need.bitsPerSecond <= bitsPerSecond
    }

    /// The lowest level that allows this; `nil` when none does.
    static func lowest(for need: Need) -> H264Level? { all.first { $0.allows(need) } }

    static func level(_ number: Int) -> H264Level? { all.first { $0.number == number } }

    private init(_ number: Int, _ perSecond: Int, _ perPicture: Int, _ kept: Int, kilobits: Int) {
        self.number = number
        blocksPerSecond = perSecond
        blocksPerPicture = perPicture
        blocksKept = kept
        bitsPerSecond = kilobits * 1250
    }

    private static let all = [
        H264Level(10, 1485, 99, 396, kilobits: 64), H264Level(11, 3000, 396, 900, kilobits: 192),
        H264Level(12, 6000, 396, 2376, kilobits: 384), H264Level(13, 11_880, 396, 2376, kilobits: 768),
        H264Level(20, 11_880, 396, 2376, kilobits: 2000), H264Level(21, 19_800, 792, 4752, kilobits: 4000),
        H264Level(22, 20_250, 1620, 8100, kilobits: 4000), H264Level(30, 40_500, 1620, 8100, kilobits: 10_000),
        H264Level(31, 108_000, 3600, 18_000, kilobits: 14_000),
        H264Level(32, 216_000, 5120, 20_480, kilobits: 20_000),
        H264Level(40, 245_760, 8192, 32_768, kilobits: 20_000),
        H264Level(41, 245_760, 8192, 32_768, kilobits: 50_000),
        H264Level(42, 522_240, 8704, 34_816, kilobits: 50_000),
        H264Level(50, 589_824, 22_080, 110_400, kilobits: 135_000),
        H264Level(51, 983_040, 36_864, 184_320, kilobits: 240_000),
        H264Level(52, 2_073_600, 36_864, 184_320, kilobits: 240_000),
        H264Level(60, 4_177_920, 139_264, 696_320, kilobits: 240_000),
        H264Level(61, 8_355_840, 139_264, 696_320, kilobits: 480_000),
        H264Level(62, 16_711_680, 139_264, 696_320, kilobits: 800_000),
    ]
}
