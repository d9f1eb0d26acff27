/// Who chooses the types of a rung's pictures.
enum PictureTypeChoice: Sendable {
    /// Its own encoder.
    case own
    /// Its own encoder, for others too.
    case leading(LadderPictureTypes)
    /// The encoder of a larger rung.
    case following(LadderPictureTypes)

    var isFollowing: Bool { if case .following = self { true } else { false } }
}

extension TranscodePlan {
    /// Who chooses for the rung `index`, if `types` is where they tell each other.
    ///
    /// x264 looks ahead at length; x265 does not at the speeds that are used here, and SVT-AV1 takes no orders.
    func pictureTypeChoice(of index: Int, _ types: LadderPictureTypes) -> PictureTypeChoice {
        let able = rungs.indices.filter { rungs[$0].settings.codec == .h264 && !rungs[$0].isCopied }
        guard able.count > 1, able.contains(index) else { return .own }
        return index == able[0] ? .leading(types) : .following(types)
    }
}
