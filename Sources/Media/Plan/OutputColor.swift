import FFmpeg

/// How the numbers of an SDR picture are to be understood, by FFmpeg's names.
///
/// Always limited range.
struct OutputColor: Sendable, Equatable {
    var primaries: String
    var transfer: String
    var matrix: String

    static let bt709 = OutputColor(primaries: "bt709", transfer: "bt709", matrix: "bt709")
    static let bt601 = OutputColor(primaries: "smpte170m", transfer: "smpte170m", matrix: "smpte170m")

    /// What the encoded picture says about itself.
    ///
    /// A source that says nothing means BT.709 if it is HD and BT.601 if it is
    /// not: players guess by size, and a smaller rung must not change the guess.
    init(for source: PictureTraits) {
        let source = source.convertible
        if source.needsToneMapping || source.isWideGamut || source.isRGB || source.hasRareMatrix {
            self = .bt709
            return
        }
        let isHD = max(source.width, source.height) > 1024 || min(source.width, source.height) > 576
        let usual = isHD ? OutputColor.bt709 : .bt601
        primaries = Self.known(source.primaries, ["bt709", "smpte170m", "bt470bg"]) ?? usual.primaries
        transfer = Self.known(source.transfer, ["bt709", "smpte170m", "iec61966-2-1"]) ?? usual.transfer
        matrix = Self.known(source.matrix, ["bt709", "smpte170m", "bt470bg"]) ?? usual.matrix
    }

    private init(primaries: String, transfer: String, matrix: String) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
    }

    private static func known(_ name: String?, _ names: [String]) -> String? {
        name.flatMap { names.contains($0) ? $0 : nil }
    }
}

extension PictureTraits {
    /// The same, as if the source did not say what no filter can convert: broken headers say anything.
    var convertible: PictureTraits {
        var traits = self
        if let transfer, ["bt1361e", "smpte428"].contains(transfer) { traits.transfer = nil }
        // Constant luminance is defined for SDR of BT.2020 alone, and ICtCp for its HDR.
        let isConstantLuminance =
            primaries == "bt2020" && ["bt709", "bt2020-10", "bt2020-12"].contains(traits.transfer)
        switch matrix {
        case "smpte2085": traits.matrix = nil
        case "bt2020c" where !isConstantLuminance: traits.matrix = nil
        case "ictcp" where primaries != "bt2020" || !needsToneMapping: traits.matrix = nil
        default: break
        }
        return traits
    }

    /// Whether the picture is HDR: HDR10's or HLG's transfer characteristics.
    var needsToneMapping: Bool { transfer == "smpte2084" || transfer == "arib-std-b67" }

    /// Whether the picture is SDR with more saturated colours than BT.709 has.
    var isWideGamut: Bool {
        !needsToneMapping
            && (["bt2020", "smpte431", "smpte432"].contains(primaries) || matrix?.hasPrefix("bt2020") == true)
    }

    /// Whether luma and colour differences are weighed in a way that players of SDR do not know.
    var hasRareMatrix: Bool { matrix.map { !["bt709", "smpte170m", "bt470bg"].contains($0) } ?? false }
}
