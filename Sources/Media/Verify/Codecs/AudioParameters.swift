/// What AudioSpecificConfig says about AAC (ISO/IEC 14496-3, 1.6.2.1).
struct AudioParameters: Equatable {
    /// 2 is AAC-LC, 5 is HE-AAC, 29 is HE-AAC v2.
    var objectType: Int
    var sampleRate: Int
    var channels: Int

    private static let rates = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
    ]

    init(_ configuration: [UInt8]) throws(MalformedMedia) {
        var reader = BitReader(configuration)
        objectType = try reader.bits(5)
        if objectType == 31 { objectType = 32 + (try reader.bits(6)) }
        let index = try reader.bits(4)
        sampleRate = index == 15 ? try reader.bits(24) : Self.rates.indices.contains(index) ? Self.rates[index] : 0
        let configured = try reader.bits(4)
        channels = configured == 7 ? 8 : configured
    }
}
